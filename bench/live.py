"""Time from the start of ``audio-rtsp run --tone N`` until all N streams are LIVE."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.box import quiet_box, until_live
from bench.plan import Plan
from bench.row import Row, row
from process.streams.harness import running

COUNTS = (1, 8, 32)
TARGET_OF_32 = 3.0
PATIENCE = 60.0


def measure_live(plan: Plan) -> Iterator[Row]:
    """Each count on each server."""
    for server in plan.servers:
        for count in COUNTS:
            times = [time_to_live(plan, count, server) for _ in range(plan.runs)]
            target = TARGET_OF_32 if count == 32 else None
            yield row("live", f"{count} LIVE, {server}", times, "s", target)


def time_to_live(plan: Plan, count: int, server: str) -> float:
    """Seconds from the fork; the program's own lines tell, with 5 ms of waiting between looks."""
    box = quiet_box(plan.folder)
    began = time.monotonic()
    with running(box, "--server", server, "--tone", str(count)) as program:
        return until_live(program, count, PATIENCE) - began
