"""A command that the owner is told can be pasted where he stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audio_rtsp.cli.stream_table import WITHOUT_MICROPHONE
from audio_rtsp.cli.typed import as_typed, typed_command
from audio_rtsp.cli.verb_names import VERBS
from audio_rtsp.errors import NotRunning


@pytest.mark.parametrize(
    ("called", "on_path", "typed"),
    [
        ("/usr/bin/audio-rtsp", "/usr/bin/audio-rtsp", "audio-rtsp"),
        ("/home/me/x/.venv/bin/audio-rtsp", "", ".venv/bin/audio-rtsp"),
        ("./.venv/bin/audio-rtsp", "", ".venv/bin/audio-rtsp"),
        (".venv/bin/audio-rtsp", "/usr/bin/audio-rtsp", ".venv/bin/audio-rtsp"),
        ("./audio-rtsp", "", "./audio-rtsp"),
        ("../y/.venv/bin/audio-rtsp", "", "/home/me/y/.venv/bin/audio-rtsp"),
        ("/opt/my box/audio-rtsp", "", "'/opt/my box/audio-rtsp'"),
        ("/x/audio_rtsp/__main__.py", "", "audio-rtsp"),
        ("", "", "audio-rtsp"),
    ],
)
def test_the_command_is_as_short_as_it_works(called: str, on_path: str, typed: str) -> None:
    assert typed_command(called, on_path=on_path, folder="/home/me/x") == typed


def test_in_the_root_folder_a_service_names_the_whole_path() -> None:
    assert typed_command("/opt/x/audio-rtsp", on_path="", folder="/") == "/opt/x/audio-rtsp"


def test_only_commands_are_changed_and_only_once() -> None:
    told = "audio-rtsp: audio-rtsp is not running; start it: audio-rtsp run, or audio-rtsp --root DIR device list"
    once = as_typed(told, ".venv/bin/audio-rtsp")
    assert once == (
        "audio-rtsp: audio-rtsp is not running; start it: .venv/bin/audio-rtsp run, "
        "or .venv/bin/audio-rtsp --root DIR device list"
    )
    assert as_typed(once, ".venv/bin/audio-rtsp") == once
    assert as_typed("sudo usermod -aG audio audio-rtsp, then", "x") == "sudo usermod -aG audio audio-rtsp, then"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_makes_a_command(verb: str) -> None:
    assert as_typed(f"type: audio-rtsp {verb} x", "./audio-rtsp") == f"type: ./audio-rtsp {verb} x"


def test_folders_that_were_named_are_named_again() -> None:
    assert as_typed("see: audio-rtsp device list", "./audio-rtsp", "--root /mnt") == (
        "see: ./audio-rtsp --root /mnt device list"
    )
    assert as_typed("audio-rtsp --root /x run", "./audio-rtsp", "--root /mnt") == "./audio-rtsp --root /x run"


def test_the_fix_of_an_uninstalled_command_can_be_typed(tmp_path: Path) -> None:
    program = tmp_path / ".venv/bin/audio-rtsp"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\nfrom audio_rtsp.cli.main import main\nmain()\n")
    program.chmod(0o755)
    argv = [".venv/bin/audio-rtsp", "--root", ".", "stream", "show", "x"]
    asked = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert asked.stderr.splitlines()[-1].startswith("  fix: start it: .venv/bin/audio-rtsp --root . run; ")
    checked = [*argv[:3], "mediamtx", "config", "--check"]
    asked = subprocess.run(checked, cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert asked.stdout.endswith("sudo .venv/bin/audio-rtsp --root . mediamtx install --config-only\n")
    helped = subprocess.run([*argv[:1], "device", "-h"], cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert helped.stdout.startswith("Usage: .venv/bin/audio-rtsp device ")


def test_a_link_on_the_path_is_enough_to_type_the_name(tmp_path: Path) -> None:
    """As a unit names the program itself, and its owner has a link in /usr/local/bin."""
    program, link = tmp_path / "opt/audio-rtsp", tmp_path / "bin/audio-rtsp"
    for path in (program, link):
        path.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom audio_rtsp.cli.main import main\nmain()\n")
    program.chmod(0o755)
    link.symlink_to(program)
    argv, environ = [str(program), "--root", ".", "stream", "show", "x"], {"PATH": str(link.parent)}
    asked = subprocess.run(argv, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=20)
    assert asked.stderr.splitlines()[-1].startswith("  fix: start it: audio-rtsp --root . run")


@pytest.mark.parametrize("text", [WITHOUT_MICROPHONE, NotRunning("/run/user/1000/audio-rtsp/control.sock").what])
def test_what_an_owner_meets_first_fits_the_terminal_before_an_installation(text: str) -> None:
    assert len(as_typed(text, ".venv/bin/audio-rtsp")) <= 80
