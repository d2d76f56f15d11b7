"""What a fault costs: sound by the microphone's sample counter, pauses by the arrivals at a reader that stays."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.box import (
    COUNTED,
    counted_box,
    is_listening,
    online_since,
    server_pid,
    soon,
    tones,
    until_live,
)
from bench.plan import Plan
from bench.row import Row, row
from process.streams.harness import Counted, Listener, Program, count, listening, running, wait_for

LOST_WITH_ENCODER = 0.05
PAUSE_OF_KILLED_ENCODER = 0.3
PAUSE_OF_STOPPED_ENCODER = 5.0
LOST_WITH_CAPTURE = 0.4
BACK_AFTER_SERVER = 1.5
STREAMS_OF_SERVER = 4
BEFORE = 1.3
"""Seconds heard before the fault: a run of one second counts as a good one."""
AFTER = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One fault seen from the reader."""

    counted: Counted
    pause: float
    stays: bool


def measure_encoder_killed(plan: Plan) -> Iterator[Row]:
    """kill -9 of ffmpeg."""
    part = "encoder-killed"
    gaps = [fault(plan, "embedded", "encoder", signal.SIGKILL) for _ in range(plan.runs)]
    yield row(part, "kill -9 ffmpeg: sound lost", [gap.counted.lost for gap in gaps], "s", LOST_WITH_ENCODER)
    yield row(part, "  pause at the reader", [gap.pause for gap in gaps], "s", PAUSE_OF_KILLED_ENCODER)
    yield _stays(part, gaps)
    for server in plan.servers:
        times = [published_again(plan, server) for _ in range(plan.runs)]
        yield row(part, f"  published again, {server}", times, "s", PAUSE_OF_KILLED_ENCODER)


def measure_capture_killed(plan: Plan) -> Iterator[Row]:
    """kill -9 of arecord."""
    for server in plan.servers:
        gaps = [fault(plan, server, "capture", signal.SIGKILL) for _ in range(plan.runs)]
        name = f"kill -9 arecord, {server}"
        lost = [gap.counted.lost for gap in gaps]
        yield row("capture-killed", f"{name}: lost", lost, "s", LOST_WITH_CAPTURE)
        yield row("capture-killed", "  silence in its place", [gap.counted.silence for gap in gaps], "s")
        yield row("capture-killed", "  pause at the reader", [gap.pause for gap in gaps], "s")
        yield _stays("capture-killed", gaps)


def measure_encoder_stopped(plan: Plan) -> Iterator[Row]:
    """SIGSTOP of ffmpeg."""
    part = "encoder-stopped"
    gaps = [fault(plan, "embedded", "encoder", signal.SIGSTOP) for _ in range(plan.runs)]
    yield row(part, "SIGSTOP ffmpeg: sound lost", [gap.counted.lost for gap in gaps], "s", LOST_WITH_ENCODER)
    yield row(part, "  pause at the reader", [gap.pause for gap in gaps], "s", PAUSE_OF_STOPPED_ENCODER)
    yield _stays(part, gaps)


def measure_capture_stopped(plan: Plan) -> Iterator[Row]:
    """SIGSTOP of arecord."""
    part = "capture-stopped"
    gaps = [fault(plan, "embedded", "capture", signal.SIGSTOP) for _ in range(plan.runs)]
    yield row(part, "SIGSTOP arecord: sound lost", [gap.counted.lost for gap in gaps], "s")
    yield row(part, "  silence in its place", [gap.counted.silence for gap in gaps], "s")
    yield row(part, "  pause at the reader", [gap.pause for gap in gaps], "s")
    yield _stays(part, gaps)


def measure_server_killed(plan: Plan) -> Iterator[Row]:
    """kill -9 of the server with four streams."""
    for server in plan.servers:
        backs = [server_killed(plan, server) for _ in range(plan.runs)]
        name = f"server killed, {server}"
        yield row("server-killed", f"{name}: listens", [back.listens for back in backs], "s")
        published = [back.published for back in backs]
        yield row("server-killed", "  then 4 published after", published, "s", BACK_AFTER_SERVER)
        yield row("server-killed", "  then 4 LIVE after", [back.live for back in backs], "s", BACK_AFTER_SERVER)


def fault(plan: Plan, server: str, side: str, number: signal.Signals) -> Gap:
    """Send *number* to one side of a stream of its own and listen until it is over."""
    with running(counted_box(plan.folder), "--server", server) as program:
        before = program.wait_state(COUNTED, "LIVE")
        with listening(program.url(COUNTED)) as listener:
            listener.wait_seconds(BEFORE)
            since = time.monotonic()
            os.kill(before[f"{side}_pid"], number)
            _replaced(program, side)
            _caught_up(listener, since)
            return Gap(
                counted=count(listener.samples()),
                pause=listener.longest_pause(since - 0.1),
                stays=listener.is_connected,
            )


def _replaced(program: Program, side: str) -> None:
    key = f"{side}_restarts"
    wait_for(lambda: program.stream(COUNTED).get(key) == 1, 15, f"the {side} is replaced")
    program.wait_state(COUNTED, "LIVE")


def _caught_up(listener: Listener, since: float) -> None:
    """Sound of the whole time since the fault has arrived (or it cannot: then the clock ends the wait), and a rest."""
    begin = listener.seconds()
    goal = begin + time.monotonic() - since
    end = time.monotonic() + 8.0
    while listener.seconds() < goal and time.monotonic() < end and listener.is_connected:
        time.sleep(0.02)
    listener.wait_seconds(AFTER)


def _stays(part: str, gaps: list[Gap]) -> Row:
    """Share of runs in which one reader session heard it all."""
    shares = [float(gap.stays and gap.counted.backwards == 0) for gap in gaps]
    return row(part, "  same reader session", shares, "", 1.0, is_floor=True)


def published_again(plan: Plan, server: str) -> float:
    """Seconds from kill -9 of the encoder until the server has a new session of the path."""
    box = counted_box(plan.folder)
    with running(box, "--server", server) as program:
        stream = program.wait_state(COUNTED, "LIVE")
        time.sleep(BEFORE)
        before = online_since(box)[COUNTED]
        began = time.monotonic()
        os.kill(stream["encoder_pid"], signal.SIGKILL)
        is_new: Callable[[], bool] = lambda: online_since(box).get(COUNTED, before) != before  # noqa: E731
        return soon(is_new, 10, "the path is published again") - began


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Seconds: the server listens again after the kill; then, after that, all are published, and all are LIVE."""

    listens: float
    published: float
    live: float


def server_killed(plan: Plan, server: str) -> Back:
    """Kill the server under four streams and wait until all are back."""
    with tones(plan.folder, STREAMS_OF_SERVER, server) as program:
        time.sleep(BEFORE)
        victim, said = server_pid(program), len(program.said())
        began = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        soon(lambda: not os.path.exists(f"/proc/{victim}"), 5, "the server is dead")  # noqa: PTH110
        listens = soon(lambda: is_listening(program.box.port), 15, "the server listens")
        published = soon(lambda: len(online_since(program.box)) == STREAMS_OF_SERVER, 20, "all are published")
        live = until_live(program, STREAMS_OF_SERVER, 20, said)
    return Back(listens=listens - began, published=published - listens, live=live - listens)
