"""ffmpeg dies, or hangs, while every kind of client listens at once: what each of them notices."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bench.box import quiet_box, until_live
from bench.plan import Plan
from bench.row import Row, row
from process.rtsp.child import Output, listening_child
from process.rtsp.players import PROGRAMS, READERS
from process.rtsp.rtp_times import RtpTimes, rtp_times
from process.rtsp.tone import RATE, is_tone
from process.streams.harness import Program, running, wait_for

STREAM = "tone-1"
CLOCKS = {"libmp3lame": 90_000, "aac": 48_000, "libopus": 48_000, "pcm_s16be": 48_000}
"""RTP clock in Hz of each codec."""
BEFORE, AFTER = 1.5, 2.0
FIRST_SOUND = 2 * RATE
"""Bytes of each before the first fault: one second."""
QUARTER = 2 * RATE // 4


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done to the encoder, and the longest pause that is allowed, in seconds."""

    name: str
    signal: signal.Signals
    pause: float


FAULTS = (Fault("kill -9", signal.SIGKILL, 0.3), Fault("SIGSTOP", signal.SIGSTOP, 5.0))
STEP = 0.02
"""Seconds that RTP time's step over a pause may differ from it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One fault: each client's pause, who heard the tone before it and after it, and RTP time's step less the pause."""

    pauses: dict[str, float]
    tones: dict[str, bool]
    step: float


def measure_clients(plan: Plan) -> Iterator[Row]:
    """Over TCP, and over UDP by those that have an RTSP of their own; *runs* times two in a row."""
    for codec, clock in CLOCKS.items():
        for fault in FAULTS:
            yield from _measure(plan, codec, clock, fault)


def _measure(plan: Plan, codec: str, clock: int, fault: Fault) -> Iterator[Row]:
    box = quiet_box(plan.folder)
    box.configure(f"AUDIO_CODEC={codec}\nAUDIO_SAMPLE_RATE=48000\n")
    with running(box, "--server", "embedded", "--tone", "1") as program, contextlib.ExitStack() as stack:
        until_live(program, 1, 20)
        heard = {name: stack.enter_context(listening_child(*argv)) for name, argv in _argvs(program)}
        for output in heard.values():
            output.wait_for(FIRST_SOUND, 15)
        times = stack.enter_context(rtp_times(box.port, STREAM, clock))
        seen = [_do(fault, program, heard, times) for _ in range(2 * plan.runs)]
        stay = [float(output.process.poll() is None) for output in heard.values()]
    for name in heard:
        pauses = [one.pauses[name] for one in seen]
        yield row("clients", f"{codec}, {fault.name}: {name}", pauses, "s", fault.pause)
    tones = [float(is_heard) for one in seen for is_heard in one.tones.values()]
    yield row("clients", "  tone before and after", tones, "", 1.0, is_floor=True)
    yield row("clients", "  clients that stayed", stay, "", 1.0, is_floor=True)
    yield row("clients", "  sequence unbroken", [float(times.is_unbroken)], "", 1.0, is_floor=True)
    steps = [abs(one.step) for one in seen]
    yield row("clients", "  RTP step and pause differ by", steps, "s", STEP)
    yield row("clients", "  RTP time leads at the end by", [times.lead()], "s")


def _argvs(program: Program) -> Iterator[tuple[str, tuple[str, ...]]]:
    url = program.url(STREAM)
    for reader, argv in READERS.items():
        if shutil.which(PROGRAMS.get(reader, "")) or reader not in PROGRAMS:
            yield f"{reader} TCP", argv(url, "tcp")
            if reader in ("ffmpeg", "gstreamer", "aiortsp"):
                yield f"{reader} UDP", argv(url, "udp")


def _do(fault: Fault, program: Program, heard: dict[str, Output], times: RtpTimes) -> Seen:
    """The pause is the longest time between two arrivals of decoded sound around the fault."""
    time.sleep(BEFORE)
    before = {name: _hears_tone(output) for name, output in heard.items()}
    victim, since = program.wait_state(STREAM, "LIVE")["encoder_pid"], time.monotonic() - 0.15
    os.kill(victim, fault.signal)
    wait_for(lambda: program.stream(STREAM).get("encoder_pid") not in (None, victim), 10, "the next encoder")
    time.sleep(AFTER)
    return Seen(
        {name: _longest_pause(output, since) for name, output in heard.items()},
        {name: before[name] and _hears_tone(output) for name, output in heard.items()},
        times.step_beyond_pause(since),
    )


def _hears_tone(output: Output) -> bool:
    """In the last quarter of a second that it got."""
    end = len(output.data) // 2 * 2
    return is_tone(bytes(output.data[end - QUARTER : end]), skip_seconds=0)


def _longest_pause(output: Output, since: float) -> float:
    times = [when for when, _ in output.arrivals if when >= since]
    return max((after - before for before, after in pairwise(times)), default=AFTER)
