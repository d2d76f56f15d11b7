"""Every kind of client at once, while the encoder behind the built-in server hangs."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from process.rtsp.child import Output, wait_until
from process.rtsp.listeners import assert_hear_on, listeners
from process.rtsp.rtp_times import rtp_times
from process.streams.harness import Box, Program, running, wait_for

STREAM, CLOCK = "tone-1", 48_000
MOST_DIFFERENCE = 0.2
LONGEST_PAUSE = 8.0
"""Seconds. 0.02 and 5 are promised, which script/bench clients measures; here one interpreter hears all of them."""


@pytest.mark.timeout(60)
def test_an_encoder_stopped_twice_is_replaced_and_nobody_leaves(tmp_path: Path) -> None:
    box = Box.make(tmp_path, "01")
    box.configure("AUDIO_CODEC=aac\nAUDIO_SAMPLE_RATE=48000\n")
    with running(box, "--server", "embedded", "--tone", "1") as program, contextlib.ExitStack() as stack:
        program.wait_state(STREAM, "LIVE")
        heard = stack.enter_context(listeners(program.url(STREAM)))
        times = stack.enter_context(rtp_times(box.port, STREAM, CLOCK))
        for _ in range(2):
            since = time.monotonic()
            _stop_encoder(program, heard)
            assert abs(times.step_beyond_pause(since)) < MOST_DIFFERENCE
        assert times.is_unbroken
        assert [each.process.poll() for each in heard] == [None] * len(heard)


def _stop_encoder(program: Program, heard: list[Output]) -> None:
    victim, sizes = program.wait_state(STREAM, "LIVE")["encoder_pid"], [len(each.data) for each in heard]
    os.kill(victim, signal.SIGSTOP)
    wait_for(lambda: program.stream(STREAM).get("encoder_pid") not in (None, victim), LONGEST_PAUSE, "the next encoder")
    wait_until(lambda: all(len(each.data) > size for each, size in zip(heard, sizes, strict=True)), 8, "more sound")
    assert_hear_on(heard)
