"""``run`` whose output nobody takes: a terminal stopped by Ctrl-S, a lost ssh session, a pager that shows page one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

import pytest

from process.streams.harness import Box, Program, wait_for

NAME = "lab-studio-stereo"


def fill(writing: int) -> None:
    """Write until it takes no more; through a description of our own, as O_NONBLOCK is shared."""
    own = os.open(f"/proc/self/fd/{writing}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(own, b"\n" * 64)
    os.close(own)


class Unread(Program):
    """A program whose standard output and error go where nobody reads."""

    def __init__(self, box: Box, output: int) -> None:
        self.box = box
        argv = (sys.executable, "-m", "audio_rtsp", "--root", str(box.root), "run", "--server", "embedded")
        ports = ("--rtsp-port", str(box.port), "--api-port", str(box.api_port))
        environment = {**box.environment, "TERM": "xterm"}
        self.log = (box.folder / "log").open("w+")
        self.process = subprocess.Popen(
            (*argv, *ports), env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )


@pytest.mark.parametrize("make", [os.pipe, os.openpty])
def test_an_output_that_nobody_reads_holds_up_neither_streams_nor_the_end(box: Box, make: object) -> None:
    reading, writing = make()  # type: ignore[operator]
    program = Unread(box, writing)
    try:
        program.wait_state(NAME, "LIVE")
        fill(writing)
        box.mood("exit")
        wait_for(lambda: program.stream(NAME).get("capture_restarts", 0) > 1, 8, "it is looked after")
        box.mood("count")
        program.wait_state(NAME, "LIVE", 15)
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(4) == 0
    finally:
        program.stop()
        os.close(reading)
        os.close(writing)


def test_started_with_its_outputs_closed_it_runs_all_the_same(box: Box) -> None:
    program = Program(box, "--server", "embedded", before=("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"))
    try:
        program.wait_state(NAME, "LIVE")
    finally:
        code = program.stop()
    assert code == 0
