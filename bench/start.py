"""How long a short verb takes from its start to its end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.box import tones
from bench.plan import Plan
from bench.row import Row, row

TARGET = 120.0


def measure_start(plan: Plan) -> Iterator[Row]:
    """The installed command, beside an interpreter that does nothing."""
    command = str(Path(sys.executable).with_name("audio-rtsp"))
    yield row("start", "python3 -c pass", times(plan, sys.executable, "-c", "pass"), "ms")
    yield row("start", "audio-rtsp --version", times(plan, command, "--version"), "ms", TARGET)
    for count in (1, 32):
        with tones(plan.folder, count, "embedded") as program:
            argv = (command, "--root", str(program.box.root), "stream", "list")
            target = TARGET if count == 1 else None
            yield row("start", f"audio-rtsp stream list ({count})", times(plan, *argv), "ms", target)


def times(plan: Plan, *argv: str) -> list[float]:
    """Milliseconds of each run; one before them fills the caches."""
    return [_time(argv) for _ in range(plan.starts + 1)][1:]


def _time(argv: tuple[str, ...]) -> float:
    """No timeout of subprocess: that one polls, up to 50 ms late. The part's own limit bounds it."""
    began = time.perf_counter()
    subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return 1000 * (time.perf_counter() - began)
