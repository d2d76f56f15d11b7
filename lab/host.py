"""How busy this host is, and waiting until it is less so."""

from __future__ import annotations

import time
from pathlib import Path

from lab.machine.load import Ticks, load_between, parse_ticks

STAT = Path("/proc/stat")
CALM = 0.3
"""Busy share of this host's processors, with no guest of ours, that leaves enough for one."""

LOOK_SECONDS = 2.0


def host_ticks() -> Ticks:
    """Processor time of this host so far."""
    return parse_ticks(STAT.read_text())


def wait_for_calm(seconds: float) -> float:
    """Wait until other programs leave enough to a guest, at most so long; the load at last."""
    end = time.monotonic() + seconds
    while True:
        before = host_ticks()
        time.sleep(LOOK_SECONDS)
        load = load_between(before, host_ticks())
        if load < CALM or time.monotonic() > end:
            return load
