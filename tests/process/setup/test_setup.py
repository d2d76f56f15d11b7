"""``script/setup`` on machines that lack something: stand-in programs on a PATH of its own."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ("sh", "dirname", "cksum", "cat", "rm", "mv", "tail", "grep", "env", "mkdir")
PROGRAMS = ("ffmpeg", "arecord", "setpriv")
PIP = """
case "$*" in
    "-m venv "*) mkdir -p "$3/bin"; cat "$0" > "$3/bin/python"; cat "$HOME/audio-rtsp" > "$3/bin/audio-rtsp"
                 "$HOME/executable" "$3/bin/python" "$3/bin/audio-rtsp"; echo "made by $0" >> "$HOME/did" ;;
    "-m pip "*) echo "pip $*" >> "$HOME/did"; [ ! -e "$HOME/offline" ] || { cat "$HOME/offline"; exit 1; } ;;
    */script/lacking) [ ! -e "$HOME/lacking" ] || cat "$HOME/lacking" ;;
    *) exit 0 ;;
esac
"""
"""Answers like a new Python: makes an environment of stand-ins, and its pip says what was asked of it."""


class Machine:
    """A copy of the scripts in a folder with a blank, and a ``bin`` with nothing but the plainest tools."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.project = home / "my project"
        self.uid = 1000
        (home / "bin").mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found
            (home / "bin" / tool).symlink_to(found)
        (self.project / "script").mkdir(parents=True)
        for name in ("run", "test", "script/setup", "pyproject.toml"):
            shutil.copy(ROOT / name, self.project / name)

    def program(self, name: str, body: str) -> None:
        path = self.home / "bin" / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def has_everything(self) -> None:
        """Programs, and a Python that sets up without a network."""
        for name in PROGRAMS:
            self.program(name, "exit 0")
        self.program("python3.11", PIP)
        (self.home / "executable").write_text(f'#!/bin/sh\nexec {shutil.which("chmod")} +x "$@"\n')
        (self.home / "executable").chmod(0o755)
        (self.home / "audio-rtsp").write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')

    def did(self) -> list[str]:
        """What Python was asked to make and to fetch, in order."""
        log = self.home / "did"
        return log.read_text().splitlines() if log.exists() else []

    def run(self, *words: str, script: str = "script/setup") -> subprocess.CompletedProcess[str]:
        self.program("id", f"echo {self.uid}")
        quiet, environment = subprocess.DEVNULL, {"PATH": str(self.home / "bin"), "HOME": str(self.home)}
        argv = (str(self.project / script), *words)
        return subprocess.run(argv, env=environment, stdin=quiet, capture_output=True, text=True, timeout=30)

    def run_on_terminal(self, answer: str) -> tuple[int, str]:
        """The set-up with a terminal on all three ends; exit code, and all that stood on it."""
        self.program("id", f"echo {self.uid}")
        keyboard, terminal = pty.openpty()
        environment = {"PATH": str(self.home / "bin"), "HOME": str(self.home), "TERM": "dumb"}
        argv = (self.project / "script/setup",)
        child = subprocess.Popen(argv, env=environment, stdin=terminal, stdout=terminal, stderr=terminal)
        os.close(terminal)
        os.write(keyboard, answer.encode())
        shown = b""
        try:
            while piece := os.read(keyboard, 4096):
                shown += piece
        except OSError:  # EIO: the last one closed its end
            pass
        os.close(keyboard)
        return child.wait(30), shown.decode()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    """A machine that lacks nothing but the environment."""
    machine.has_everything()
    return machine


def new_python(machine: Machine) -> None:
    (machine.home / "bin/python3").symlink_to(sys.executable)


# --- what cannot be mended is said in one line


def test_an_old_python_is_refused_in_one_clear_line(machine: Machine) -> None:
    machine.program("python3", '[ "$1" = -V ] && echo "Python 3.10.12"; exit 1')
    done = machine.run()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or later is needed, here is Python 3.10.12" in done.stderr
    for word in ("Ubuntu 22.04", "Debian 12", "Ubuntu 24.04", "Raspberry Pi OS 12"):
        assert word in done.stderr


def test_where_there_is_no_apt_the_programs_are_named(machine: Machine) -> None:
    new_python(machine)
    done = machine.run()
    assert done.returncode == 1
    assert "There is no apt here" in done.stderr
    for program in PROGRAMS:
        assert program in done.stderr


def test_an_unknown_option_is_said(machine: Machine) -> None:
    assert machine.run("--fast").returncode == 2


# --- system packages


def test_without_sudo_and_terminal_it_says_what_to_type(machine: Machine) -> None:
    new_python(machine)
    machine.program("apt-get", "echo never >&2; exit 9")
    done = machine.run()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "As root, type: apt-get install -y ffmpeg alsa-utils" in done.stderr


def test_a_user_with_sudo_but_no_terminal_is_told_about_yes(machine: Machine) -> None:
    new_python(machine)
    machine.program("apt-get", "echo never >&2; exit 9")
    machine.program("sudo", "echo never >&2; exit 9")
    done = machine.run()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Type: sudo apt-get install -y ffmpeg alsa-utils" in done.stderr
    assert "--yes" in done.stderr


def test_with_yes_it_installs_and_says_when_that_fails(machine: Machine) -> None:
    new_python(machine)
    machine.program("apt-get", 'echo "$@" >> "$HOME/apt"; exit 9')
    machine.program("sudo", 'echo sudo >> "$HOME/apt"; exec "$@"')
    done = machine.run("--yes")
    assert done.returncode == 1
    assert "could not be installed (no network?)" in done.stderr
    assert (machine.home / "apt").read_text().startswith("sudo\n-qq update")


def test_root_without_a_terminal_needs_no_question(machine: Machine) -> None:
    new_python(machine)
    machine.uid = 0
    machine.program("apt-get", 'echo "$@" >> "$HOME/apt"; exit 9')
    assert machine.run().returncode == 1
    assert "install -y" in (machine.home / "apt").read_text()


def test_only_what_is_missing_is_installed_and_the_set_up_goes_on(ready: Machine) -> None:
    ready.uid = 0
    (ready.home / "bin/arecord").unlink()
    ready.program(
        "apt-get",
        'echo "$@" >> "$HOME/apt"; cat "$HOME/bin/ffmpeg" > "$HOME/bin/arecord"; '
        '"$HOME/executable" "$HOME/bin/arecord"',
    )
    done = ready.run()
    assert done.returncode == 0
    assert "install -y --no-install-recommends alsa-utils -o" in (ready.home / "apt").read_text()
    assert (ready.project / ".venv/bin/audio-rtsp").exists()


@pytest.mark.parametrize(("answer", "code", "installs"), [("n\n", 1, False), ("\n", 1, False), ("y\n", 1, True)])
def test_on_a_terminal_nothing_is_installed_before_a_yes(
    machine: Machine, answer: str, code: int, installs: bool
) -> None:
    new_python(machine)
    machine.program("apt-get", 'echo "$@" >> "$HOME/apt"; exit 9')
    machine.program("sudo", 'exec "$@"')
    returned, shown = machine.run_on_terminal(answer)
    assert "Install them with apt-get now? [y/N]" in shown
    assert (returned, (machine.home / "apt").exists()) == (code, installs)


def test_what_only_tests_want_stops_nothing(ready: Machine) -> None:
    ready.program("apt-get", "exit 9")
    ready.program("sudo", "exit 9")
    done = ready.run("--dev")
    assert done.returncode == 0
    assert "some tests are skipped" in done.stderr
    assert "mpv" in done.stderr


# --- the environment


def test_it_is_made_once(ready: Machine) -> None:
    assert ready.run().returncode == 0
    once = ready.did()
    done = ready.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert ready.did() == once
    assert len(once) == 2


def test_the_newest_suitable_python_is_taken(ready: Machine) -> None:
    ready.program("python3.13", PIP)
    ready.program("python3.14", "exit 1")
    ready.run()
    assert ready.did()[0].endswith("python3.13")


def test_changed_dependencies_are_fetched_into_the_same_environment(ready: Machine) -> None:
    ready.run()
    with (ready.project / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    ready.run()
    assert [line.split()[0] for line in ready.did()] == ["made", "pip", "pip"]


def test_the_tests_extras_come_with_dev_and_serve_run_too(ready: Machine) -> None:
    ready.run()
    ready.run("--dev")
    ready.run()
    assert [line.rsplit(" ", 1)[1] for line in ready.did() if line.startswith("pip")] == [".", ".[dev]"]


def test_an_interrupted_set_up_is_made_anew(ready: Machine) -> None:
    (ready.project / ".venv/bin").mkdir(parents=True)
    (ready.project / ".venv/bin/audio-rtsp").write_text("half")
    assert ready.run().returncode == 0
    assert "half" not in (ready.project / ".venv/bin/audio-rtsp").read_text()
    assert [path.name for path in ready.project.glob(".venv*")] == [".venv"]


def test_a_moved_folder_is_made_anew(ready: Machine) -> None:
    ready.run()
    ready.project = ready.project.rename(ready.home / "elsewhere")
    ready.run()
    assert [line.split()[0] for line in ready.did()] == ["made", "pip", "made", "pip"]


def test_an_environment_whose_python_is_gone_is_made_anew(ready: Machine) -> None:
    ready.run()
    (ready.project / ".venv/bin/python").unlink()
    ready.run()
    assert [line.split()[0] for line in ready.did()] == ["made", "pip", "made", "pip"]


@pytest.mark.parametrize(
    ("pip_said", "told"),
    [
        ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "the network"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "is the clock right"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: No matching distribution found for click>=99", "No matching distribution found for click>=99"),
    ],
)
def test_when_pip_fails_one_line_says_why_and_the_next_run_heals(ready: Machine, pip_said: str, told: str) -> None:
    (ready.home / "offline").write_text(f"{pip_said}\n")
    done = ready.run()
    assert done.returncode == 1
    failure = done.stderr.splitlines()[1:]
    assert len(failure) == 1
    assert told in failure[0]
    assert "type the same again" in failure[0]
    (ready.home / "offline").unlink()
    assert ready.run().returncode == 0


def change_dependencies(machine: Machine) -> None:
    """As after a git pull; and there is no network."""
    with (machine.project / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    (machine.home / "offline").write_text("Failed to establish a new connection\n")


def test_after_a_pull_without_a_network_it_runs_with_what_is_here_when_that_is_enough(ready: Machine) -> None:
    ready.run()
    change_dependencies(ready)
    done = ready.run(script="run")
    assert (done.returncode, done.stdout) == (0, "<run>")
    assert "see to the network; meanwhile it goes on with those that are here" in done.stderr
    (ready.home / "offline").unlink()
    ready.run()
    assert len(ready.did()) == 4, "with a network they are fetched after all"
    assert ready.run().stderr == ""


def test_after_a_pull_without_a_network_what_is_missing_is_named(ready: Machine) -> None:
    ready.run()
    change_dependencies(ready)
    (ready.home / "lacking").write_text("aiohttp>=4\n")
    done = ready.run(script="run")
    assert (done.returncode, done.stdout) == (1, "")
    assert "see to the network; then type the same again (missing: aiohttp>=4; all that pip said" in done.stderr


def test_what_is_lacking_is_told_by_the_requirements_themselves(tmp_path: Path) -> None:
    (tmp_path / "script").mkdir()
    script = shutil.copy(ROOT / "script/lacking", tmp_path / "script")
    wanted = ["click>=8", "click>=99", "no-such-package-here", "tomli; python_version < '3'", "packaging"]
    (tmp_path / "pyproject.toml").write_text(f"[project]\ndependencies = {wanted}\n")
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
    assert told == "click>=99, no-such-package-here\n"
    script = ROOT / "script/lacking"
    assert subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout == "\n"


def test_a_test_without_a_network_does_not_cost_run(ready: Machine) -> None:
    ready.run()
    (ready.home / "offline").write_text("Failed to establish a new connection\n")
    assert ready.run("--dev").returncode == 1
    assert ready.run("--tone", "2", script="run").stdout == "<run><--tone><2>"
    assert [line.split()[0] for line in ready.did()] == ["made", "pip", "pip"]
    (ready.home / "offline").unlink()
    assert ready.run("--dev").returncode == 0
    assert not (ready.project / ".venv/stamp.before").exists()


# --- the two commands


def test_run_passes_its_arguments_on_as_given(ready: Machine) -> None:
    done = ready.run("--tone", "2", "--yes", "a b", "", script="run")
    assert done.stdout == "<run><--tone><2><--yes><a b><>"


def test_yes_as_the_first_argument_is_the_set_ups(ready: Machine) -> None:
    assert ready.run("--yes", "--tone", "2", script="run").stdout == "<run><--tone><2>"


def test_run_becomes_the_program_so_that_signals_reach_it(ready: Machine) -> None:
    (ready.home / "audio-rtsp").write_text("#!/bin/sh\necho $$\nexit 42\n")
    ready.run()
    environment = {"PATH": str(ready.home / "bin"), "HOME": str(ready.home)}
    with subprocess.Popen(ready.project / "run", env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert int(child.stdout.read()) == child.pid
    assert child.returncode == 42


@pytest.mark.parametrize("failing", ["", "ruff", "mypy", "lint-imports", "python"])
def test_the_exit_code_of_test_tells_the_truth(ready: Machine, failing: str) -> None:
    ready.run("--dev")
    for name in ("ruff", "mypy", "lint-imports", "python"):
        path = ready.project / ".venv/bin" / name
        path.write_text(f'#!/bin/sh\ncase "$*" in *-c*) exit 0;; esac\necho "{name} $*"\nexit {int(name == failing)}\n')
        path.chmod(0o755)
    done = ready.run("-k", "a b", script="test")
    assert done.returncode == int(bool(failing))
    assert "pytest -rs -k a b" in done.stdout
    assert ("FAILED" in done.stdout) is bool(failing)
