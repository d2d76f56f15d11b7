"""kill -9 of ffmpeg while every kind of client listens at once: how long each of them is without new sound."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from itertools import pairwise

from bench.box import quiet_box, until_live
from bench.plan import Plan
from bench.row import Row, row
from process.rtsp.child import Output, listening_child
from process.rtsp.players import PROGRAMS, READERS
from process.streams.harness import Program, running, wait_for

CODECS = ("libmp3lame", "aac")
PAUSE = 0.3
BEFORE, AFTER = 1.5, 2.0
FIRST_SOUND = 2 * 48_000
"""Bytes of each before the first kill: one second."""


def measure_clients(plan: Plan) -> Iterator[Row]:
    """Over TCP, and over UDP by those that have an RTSP of their own."""
    for codec in CODECS:
        box = quiet_box(plan.folder)
        box.configure(f"AUDIO_CODEC={codec}\n")
        with running(box, "--server", "embedded", "--tone", "1") as program, contextlib.ExitStack() as stack:
            until_live(program, 1, 20)
            heard = {name: stack.enter_context(listening_child(*argv)) for name, argv in _argvs(program)}
            for output in heard.values():
                output.wait_for(FIRST_SOUND, 15)
            pauses = [_kill(program, heard) for _ in range(2 * plan.runs)]
            stay = {name: float(output.process.poll() is None) for name, output in heard.items()}
        for name in heard:
            yield row("clients", f"{codec}, kill -9: {name}", [one[name] for one in pauses], "s", PAUSE)
        yield row("clients", "  clients that stayed", stay.values(), "", 1.0, is_floor=True)


def _argvs(program: Program) -> Iterator[tuple[str, tuple[str, ...]]]:
    url = program.url("tone-1")
    for reader, argv in READERS.items():
        if shutil.which(PROGRAMS.get(reader, "")) or reader not in PROGRAMS:
            yield f"{reader} TCP", argv(url, "tcp")
            if reader in ("ffmpeg", "gstreamer", "aiortsp"):
                yield f"{reader} UDP", argv(url, "udp")


def _kill(program: Program, heard: dict[str, Output]) -> dict[str, float]:
    """The longest time between two arrivals of decoded sound around one kill, for each client."""
    time.sleep(BEFORE)
    victim, since = program.stream("tone-1")["encoder_pid"], time.monotonic() - 0.15
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: program.stream("tone-1")["encoder_pid"] not in (None, victim), 10, "the next encoder")
    time.sleep(AFTER)
    return {name: _longest_pause(output, since) for name, output in heard.items()}


def _longest_pause(output: Output, since: float) -> float:
    times = [when for when, _ in output.arrivals if when >= since]
    return max((after - before for before, after in pairwise(times)), default=AFTER)
