"""``script/setup`` on machines that lack something: stand-in programs on a PATH of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ("sh", "dirname", "cksum", "cat", "rm", "sort", "tr", "grep", "env", "mkdir")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A copy of the scripts, and a ``bin`` with nothing but the plainest tools."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (tmp_path / "bin" / tool).symlink_to(found)
    (tmp_path / "my project/script").mkdir(parents=True)
    for name in ("run", "test", "script/setup", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / "my project" / name)
    program(tmp_path, "id", "echo 1000")
    return tmp_path


def program(machine: Path, name: str, body: str) -> None:
    path = machine / "bin" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def new_python(machine: Path) -> None:
    (machine / "bin/python3").symlink_to(sys.executable)


def run(machine: Path, *words: str) -> subprocess.CompletedProcess[str]:
    script = machine / "my project/script/setup"
    environment = {"PATH": str(machine / "bin"), "HOME": str(machine)}
    quiet = subprocess.DEVNULL
    return subprocess.run((script, *words), env=environment, stdin=quiet, capture_output=True, text=True, timeout=30)


def test_an_old_python_is_refused_in_one_clear_line(machine: Path) -> None:
    program(machine, "python3", '[ "$1" = -V ] && echo "Python 3.10.12"; exit 1')
    done = run(machine)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or later is needed, here is Python 3.10.12" in done.stderr
    assert "Ubuntu 22.04" in done.stderr


def test_without_sudo_and_terminal_it_says_what_to_type(machine: Path) -> None:
    new_python(machine)
    program(machine, "apt-get", "echo never >&2; exit 9")
    done = run(machine)
    assert done.returncode == 1
    assert "As root, type: apt-get install -y" in done.stderr
    assert "ffmpeg" in done.stderr
    assert "alsa-utils" in done.stderr


def test_a_user_with_sudo_but_no_terminal_is_told_about_yes(machine: Path) -> None:
    new_python(machine)
    program(machine, "apt-get", "echo never >&2; exit 9")
    program(machine, "sudo", "exit 9")
    done = run(machine)
    assert done.returncode == 1
    assert "Type: sudo apt-get install -y" in done.stderr
    assert "--yes" in done.stderr


def test_with_yes_it_installs_and_says_when_that_fails(machine: Path) -> None:
    new_python(machine)
    program(machine, "apt-get", 'echo "$@" >> "$HOME/apt"; exit 9')
    program(machine, "sudo", 'exec "$@"')
    done = run(machine, "--yes")
    assert done.returncode == 1
    assert "could not be installed (no network?)" in done.stderr
    assert (machine / "apt").read_text().startswith("-qq update")


def test_root_without_a_terminal_needs_no_question(machine: Path) -> None:
    new_python(machine)
    program(machine, "id", "echo 0")
    program(machine, "apt-get", 'echo "$@" >> "$HOME/apt"; exit 9')
    assert run(machine).returncode == 1
    assert (machine / "apt").exists()


def test_where_there_is_no_apt_the_programs_are_named(machine: Path) -> None:
    new_python(machine)
    done = run(machine)
    assert done.returncode == 1
    assert "There is no apt here" in done.stderr
    assert "ffmpeg" in done.stderr


def test_an_unknown_option_is_said(machine: Path) -> None:
    assert run(machine, "--fast").returncode == 2


@pytest.mark.skipif(not (ROOT / ".venv/stamp").exists(), reason="this checkout was not set up by script/setup")
def test_when_nothing_is_to_do_nothing_is_done() -> None:
    done = subprocess.run((ROOT / "script/setup",), capture_output=True, text=True, timeout=30, env=dict(os.environ))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
