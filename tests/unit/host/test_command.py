"""The one door for child processes."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audio_rtsp.errors import ProgramMissing
from audio_rtsp.host import command
from audio_rtsp.host.command import Finished, child_environment, open_process, require_program, run, run_async
from unit.host.processes import soon, state, until

SRC = Path(__file__).resolve().parents[3] / "src"


def test_a_short_command_is_run_to_its_end() -> None:
    done = run(("sh", "-c", "echo out; echo err >&2; exit 3"), timeout=5)
    assert done == Finished(code=3, stdout="out\n", stderr="err\n")


def test_a_command_that_takes_too_long_is_killed_and_what_it_said_is_kept() -> None:
    began = time.monotonic()
    done = run(("sh", "-c", "echo begun; trap '' TERM INT; sleep 20"), timeout=0.3)
    assert (done.code, done.stdout) == (None, "begun\n")
    assert time.monotonic() - began < 2


def test_a_command_that_talks_without_end_is_killed_before_it_fills_our_memory() -> None:
    began = time.monotonic()
    for done in (run(("yes",), timeout=20), asyncio.run(run_async(("sh", "-c", "yes >&2"), timeout=20))):
        assert done.code is None
        assert 1 << 20 < len(done.stdout + done.stderr) < 2 << 20
    assert time.monotonic() - began < 10


def test_a_command_that_goes_on_talking_gets_no_more_time() -> None:
    began = time.monotonic()
    assert run(("sh", "-c", "while sleep 0.01; do echo more; done"), timeout=0.3).code is None
    assert time.monotonic() - began < 3


def test_a_grandchild_that_holds_the_output_open_does_not_keep_us_waiting() -> None:
    began = time.monotonic()
    assert run(("sh", "-c", "sleep 20 & sleep 20"), timeout=0.2).code is None
    assert asyncio.run(run_async(("sh", "-c", "sleep 20 & sleep 20"), timeout=0.2)).code is None
    assert time.monotonic() - began < 3


def test_a_command_that_hangs_in_the_kernel_does_not_keep_us_waiting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No signal ends it. Who waited for it saw no microphone any more that came later."""
    spared: list[subprocess.Popen[bytes]] = []
    monkeypatch.setattr(command, "_kill_group", spared.append)
    monkeypatch.setattr(command, "REAP_LIMIT", 0.1)
    began = time.monotonic()
    assert run(("sleep", "20"), timeout=0.1).code is None
    assert asyncio.run(run_async(("sleep", "20"), timeout=0.1)).code is None
    assert time.monotonic() - began < 3
    for process in spared:
        process.kill()
        process.wait()


def test_a_command_whose_answer_cannot_be_read_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(command, "_read", full)
    began = time.monotonic()
    with pytest.raises(OSError, match="Too many open files"):
        run(("sleep", "20"), timeout=20)
    assert time.monotonic() - began < 3


def test_the_event_loop_is_free_while_a_command_runs() -> None:
    async def main() -> tuple[Finished, int]:
        ticks = 0
        running = asyncio.ensure_future(run_async(("sh", "-c", "sleep 0.3; echo done"), timeout=5))
        while not running.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return await running, ticks

    done, ticks = asyncio.run(main())
    assert done == Finished(code=0, stdout="done\n", stderr="")
    assert ticks > 2


def test_a_cancelled_wait_kills_the_command(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    pid_file.touch()

    async def main() -> None:
        running = asyncio.ensure_future(run_async(("sh", "-c", f"echo $$ >{pid_file}; exec sleep 20"), timeout=30))
        assert await soon(lambda: pid_file.read_text().endswith("\n"))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(main())
    assert state(int(pid_file.read_text())) == ""


@pytest.mark.parametrize(
    ("program", "package"), [("arecord", "alsa-utils"), ("ffmpeg", "ffmpeg"), ("setpriv", "util-linux")]
)
def test_a_program_that_is_missing_is_named_with_its_package(
    program: str, package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing) as caught:
        require_program(program)
    assert caught.value.what == f"{program} is not installed"
    assert caught.value.fix == f"sudo apt install {package}"


def test_a_missing_program_is_found_out_before_anything_is_started() -> None:
    with pytest.raises(ProgramMissing, match="no-such-program"):
        run(("no-such-program", "x"), timeout=1)


def test_words_reach_the_program_as_they_are() -> None:
    words = ("$HOME", "a b", "`id`", "*", "--", "'", '"', "ä", "")
    assert run(("printf", "%s|", *words), timeout=5).stdout == "".join(f"{word}|" for word in words)


def test_what_a_program_says_need_not_be_text() -> None:
    assert run(("printf", r"\377\376"), timeout=5).stdout == "��"


def test_children_get_no_secrets_and_speak_plain_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIO_RTSP_RTSP_READ_PASSWORD", "hidden-word")
    for name in ("RTSP_PORT", "MTX_PATHS", "NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_FDS"):
        monkeypatch.setenv(name, "hidden-word")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("KEPT", "yes")
    with open_process(("env",), stdout=subprocess.PIPE, env={"MTX_MOQ": "no"}) as process:
        text = process.communicate()[0].decode()
    assert "hidden-word" not in text
    assert {"LC_ALL=C", "KEPT=yes", "MTX_MOQ=no"} <= set(text.splitlines())
    assert child_environment() | {"MTX_MOQ": "no"} == child_environment({"MTX_MOQ": "no"})


def test_a_child_is_the_program_itself_in_a_group_of_its_own() -> None:
    with open_process(("sleep", "20")) as process:
        try:
            assert until(lambda: Path(f"/proc/{process.pid}/comm").read_text() == "sleep\n")
            assert os.getpgid(process.pid) == process.pid
        finally:
            process.kill()


def test_children_inherit_no_descriptor_but_the_three() -> None:
    with Path("/dev/null").open() as other:
        os.set_inheritable(other.fileno(), True)
        said = run(("ls", "/proc/self/fd"), timeout=5).stdout.split()
    assert len(said) == 4  # the fourth is ls looking


def test_a_child_dies_with_its_parent_even_when_that_is_killed() -> None:
    script = (
        "import time; from audio_rtsp.host.command import open_process\n"
        "print(open_process(('sleep', '60')).pid, flush=True); time.sleep(60)"
    )
    argv = [sys.executable, "-c", script]
    environment = {"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert until(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n")
        parent.send_signal(signal.SIGKILL)
        parent.wait(5)
        assert until(lambda: state(pid) in ("", "Z"))
