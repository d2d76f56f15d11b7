"""The command itself, as a process of its own."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audio_rtsp import __version__
from audio_rtsp.cli.main import main
from audio_rtsp.cli.places import Places, places_for
from audio_rtsp.cli.verb_names import VERBS
from audio_rtsp.config.settings import ALL, AUDIO_CODEC, BY_KEY, LOG_LEVEL, SERVER

SRC = Path(__file__).resolve().parents[3] / "src"
CALL = "from audio_rtsp.cli.main import main; main()"
TELLING_MODULES = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); " + CALL
ROOMS_OF_RUN = (
    "service.py",
    *(f"{room}/**/*.py" for room in ("capture", "encoder", "server", "supervision", "events")),
)
HEAVY = (
    "rich",
    "asyncio",
    "pyudev",
    "audio_rtsp.cli.verbs",
    "audio_rtsp.service",
    "audio_rtsp.config",
    "audio_rtsp.alsa",
)


def audio_rtsp(*arguments: str, script: str = CALL) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [sys.executable, "-c", script, *arguments]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=20)


def imported(*arguments: str) -> set[str]:
    """All modules that were there when the command had ended."""
    return set(audio_rtsp(*arguments, script=TELLING_MODULES).stderr.splitlines()[-1].split())


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_what_needs_no_verb_waits_for_none(argument: str) -> None:
    names = imported(argument)
    assert "click" in names
    assert not {name for name in names for heavy in HEAVY if name == heavy or name.startswith(heavy + ".")}


def test_listing_streams_needs_no_event_loop_and_no_colours(tmp_path: Path) -> None:
    names = imported("--root", str(tmp_path), "stream", "list")
    assert "audio_rtsp.cli.verbs.stream" in names
    assert not names & {"rich", "asyncio", "pyudev", "audio_rtsp.service"}


def test_the_version_is_told() -> None:
    done = audio_rtsp("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"audio-rtsp {__version__}\n", "")


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ()])
def test_the_help_lists_every_verb(arguments: tuple[str, ...]) -> None:
    done = audio_rtsp(*arguments)
    shown = done.stdout + done.stderr
    assert all(f"  {verb} " in shown and text in shown for verb, text in VERBS.items())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_there_and_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([verb, "--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"Usage: audio-rtsp {verb}")


@pytest.mark.parametrize(
    "arguments",
    [("explode",), ("--explode",), ("stream", "explode"), ("--root", "/nonexistent", "run"), ("run", "--tone")],
)
def test_what_nobody_knows_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    done = audio_rtsp(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "works"),
    [
        ("device list --root /tmp", "--root /tmp device list"),
        ("device --root=/tmp list --json", "--root=/tmp device list --json"),
        ("config get AUDIO_CODEC --config-dir '/a b'", "--config-dir '/a b' config get AUDIO_CODEC"),
        ("config set AUDIO_CODEC aac --config-dir /a", "--config-dir /a config set AUDIO_CODEC aac"),
        ("status --debug", "--debug status"),
        ("run --debug --tone 1", "--debug run --tone 1"),
        ("device list --root", "--root DIR device list"),
        ("--root /tmp run device list", "--root /tmp device list"),
        ("run config show --origin", "config show --origin"),
    ],
)
def test_words_in_the_wrong_order_are_told_in_the_right_one(words: str, works: str) -> None:
    done = audio_rtsp(*shlex.split(words))
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, f"  fix: audio-rtsp {works}")


@pytest.mark.parametrize("words", ["device list --bogus", "run --root /tmp --bogus", "stream --x --debug"])
def test_other_mistakes_are_not_called_a_matter_of_order(words: str) -> None:
    done = audio_rtsp(*words.split())
    assert done.returncode == 2
    assert "fix:" not in done.stderr


def test_asking_without_a_running_program_says_how_to_start_it(tmp_path: Path) -> None:
    done = audio_rtsp("--root", str(tmp_path), "stream", "list")
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr == (
        "audio-rtsp: audio-rtsp is not running\n"
        f"  nothing answers at {tmp_path}/run/audio-rtsp/control.sock\n"
        f"  fix: start it: audio-rtsp --root {tmp_path} run; where it is a service: sudo systemctl start audio-rtsp\n"
    )


def test_a_traceback_comes_only_when_asked_for(tmp_path: Path) -> None:
    done = audio_rtsp("--debug", "--root", str(tmp_path), "stream", "list")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "NotRunning" in done.stderr


@pytest.mark.parametrize("buffered", [(), ("-u",)])
def test_a_reader_of_the_output_that_goes_costs_no_words(buffered: tuple[str, ...], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = {"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [sys.executable, *buffered, "-c", CALL, "--config-dir", str(tmp_path), "config", "show", "--all"]
    done = subprocess.run(argv, env=environment, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=20)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode in (1, 141)


def places(*, root: str = "/", config: str | None = None, is_root: bool = False, **environ: str) -> Places:
    return places_for(root=Path(root), config=Path(config) if config else None, environ=environ, is_root=is_root)


def test_as_root_the_machines_own_folders_are_used() -> None:
    assert places(is_root=True, HOME="/root") == Places(
        root=Path("/"),
        config=Path("/etc/audio-rtsp"),
        state=Path("/var/lib/audio-rtsp"),
        logs=Path("/var/log/audio-rtsp"),
        runtime=Path("/run/audio-rtsp"),
    )


def test_as_a_user_nothing_of_the_system_is_written() -> None:
    assert places(HOME="/home/me", XDG_RUNTIME_DIR="/run/user/1000") == Places(
        root=Path("/"),
        config=Path("/etc/audio-rtsp"),
        state=Path("/home/me/.local/state/audio-rtsp"),
        logs=Path("/home/me/.local/state/audio-rtsp/log"),
        runtime=Path("/run/user/1000/audio-rtsp"),
    )
    assert places(HOME="/home/me", XDG_STATE_HOME="/data").state == Path("/data/audio-rtsp")
    assert places(HOME="/home/me").runtime == Path(f"/tmp/audio-rtsp-{os.getuid()}/audio-rtsp")


def test_as_a_service_the_folders_are_those_that_systemd_made() -> None:
    found = places(HOME="/home/me", STATE_DIRECTORY="/s", LOGS_DIRECTORY="/l", RUNTIME_DIRECTORY="/r")
    assert (found.state, found.logs, found.runtime) == (Path("/s"), Path("/l"), Path("/r"))


def test_another_machines_tree_has_all_folders_within() -> None:
    found = places(root="/mnt/image", HOME="/home/me")
    assert found.is_foreign
    assert all(folder.is_relative_to("/mnt/image") for folder in (found.config, found.state, found.logs, found.runtime))
    assert not places().is_foreign


def test_a_named_configuration_folder_wins_over_the_environment() -> None:
    assert places(config="/a", AUDIO_RTSP_CONFIG_DIR="/b").config == Path("/a")
    assert places(AUDIO_RTSP_CONFIG_DIR="/b").config == Path("/b")
    assert places(AUDIO_RTSP_CONFIG_DIR="").config == Path("/etc/audio-rtsp")
    assert places(root="/mnt", config="/a").config == Path("/a")


def test_the_control_socket_is_in_the_runtime_folder() -> None:
    assert places(is_root=True).control_socket == Path("/run/audio-rtsp/control.sock")


def test_the_help_of_run_shows_what_run_goes_by_and_no_more() -> None:
    shown = set(re.findall(r"^  --([a-z-]+)", audio_rtsp("run", "--help").stdout, re.MULTILINE))
    assert {"rtsp-port", "audio-codec", "restart-cooldown", "server", "tone"} <= shown
    assert not {"cpu-threshold", "alert-command", "log-rotate-days", "mediamtx-releases-url"} & shown
    used = "".join(path.read_text() for room in ROOMS_OF_RUN for path in (SRC / "audio_rtsp").glob(room))
    hidden = {setting.key for setting in ALL} - {name.upper().replace("-", "_") for name in shown}
    assert not [key for key in hidden if re.search(rf"\b{key}\b", used) and not BY_KEY[key].secret]


def test_settings_of_the_monitor_are_still_options_of_run() -> None:
    done = audio_rtsp("run", "--cpu-threshold", "no")
    assert (done.returncode, "--cpu-threshold: CPU_THRESHOLD: 'no' cannot be used" in done.stderr) == (78, True)


def test_an_interrupt_while_the_program_is_loaded_ends_it_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    environment = {"PYTHONPATH": f"{tmp_path}:{SRC}", "PATH": os.environ["PATH"]}
    argv = [sys.executable, "-m", "audio_rtsp", "--help"]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_the_help_of_run_tells_the_words_that_can_be_chosen() -> None:
    helped = " ".join(audio_rtsp("run", "--help").stdout.split())
    assert all(setting.takes in helped for setting in (LOG_LEVEL, SERVER, AUDIO_CODEC))


@pytest.mark.parametrize("group", ["stream", "device", "config", "mediamtx"])
def test_the_help_of_a_group_tells_each_verb_to_the_end(group: str) -> None:
    listed = audio_rtsp(group, "--help").stdout.partition("Commands:\n")[2]
    assert listed
    assert "..." not in listed
    assert all(len(line) <= 80 for line in listed.splitlines())


@pytest.mark.parametrize("words", ["stream history mic", "status", "device list"])
def test_a_broken_state_file_is_told_and_left_as_it_is(tmp_path: Path, words: str) -> None:
    state = tmp_path / "var/lib/audio-rtsp"
    state.mkdir(parents=True)
    file = state / ("account.json" if "history" in words else "identities.json")
    file.write_bytes(b'{"version": 1, "\xff')
    done = audio_rtsp("--root", str(tmp_path), *words.split())
    assert f"{file}: not as we write it (it is not UTF-8 text); it will be set aside" in done.stderr
    assert [path.name for path in state.iterdir()] == [file.name]
