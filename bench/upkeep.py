"""What the supervisor itself costs while nothing happens: CPU, wake-ups, memory; its children are told beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.box import server_pid, tones
from bench.plan import Plan
from bench.process import read_memory, read_usage
from bench.row import Row, row

CPU_TARGETS = {3: 0.3, 32: 1.5}
RSS_TARGET = 32.0
SETTLE = 6.0
"""Seconds after the last stream is LIVE: the hurry of the start is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Per cent of one core, and sleeps a second, over one window."""

    cpu: float
    wakes: float


def measure_upkeep(plan: Plan) -> Iterator[Row]:
    """Few and many streams on the built-in server, plain lines for a face."""
    for count, target in CPU_TARGETS.items():
        yield from _with_streams(plan, count, target)


def _with_streams(plan: Plan, count: int, target: float) -> Iterator[Row]:
    with tones(plan.folder, count, "embedded") as program:
        pid, server = program.process.pid, server_pid(program)
        encoders = [one["encoder_pid"] for one in (program.status() or {})["streams"]]
        time.sleep(SETTLE)
        watched = (pid, server, *encoders)
        windows = [watch(watched, plan.window) for _ in range(plan.windows)]
        memory, of_server = read_memory(pid), read_memory(server)
    name = f"{count} streams"
    yield row("upkeep", f"{name}: supervisor CPU", [window[0].cpu for window in windows], "%", target)
    yield row("upkeep", "  wake-ups", [window[0].wakes for window in windows], "1/s")
    yield row("upkeep", "  RSS", [memory.rss], "MB", RSS_TARGET)
    yield row("upkeep", "  PSS", [memory.pss], "MB")
    yield row("upkeep", "  (embedded server: CPU)", [window[1].cpu for window in windows], "%")
    yield row("upkeep", "  (embedded server: RSS)", [of_server.rss], "MB")
    yield row("upkeep", "  (one mp3 encoder: CPU)", [one.cpu for window in windows for one in window[2:]], "%")


def watch(pids: tuple[int, ...], seconds: float) -> list[Share]:
    """What each of them used meanwhile."""
    before = [read_usage(pid) for pid in pids]
    time.sleep(seconds)
    after = [read_usage(pid) for pid in pids]
    return [
        Share(
            cpu=100 * (now.cpu - then.cpu) / (now.when - then.when),
            wakes=(now.sleeps - then.sleeps) / (now.when - then.when),
        )
        for then, now in zip(before, after, strict=True)
    ]
