"""How much of everything one run of the bench measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.machine import MEDIAMTX
from bench.row import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """*runs* of what can be repeated, *window* seconds of watching; *folder* is thrown away afterwards.

    *minutes* is how long the endurance run lasts.
    """

    folder: Path
    runs: int
    window: float
    windows: int
    starts: int
    encode_seconds: float
    crowd_seconds: float
    minutes: float = 30.0

    @property
    def servers(self) -> tuple[str, ...]:
        """The embedded one, and MediaMTX where it is installed."""
        return ("embedded", "mediamtx") if MEDIAMTX.exists() else ("embedded",)


def full(folder: Path, runs: int = 5) -> Plan:
    """Numbers to be written down."""
    return Plan(folder=folder, runs=runs, window=30.0, windows=3, starts=15, encode_seconds=3.0, crowd_seconds=5.0)


def quick(folder: Path, runs: int = 2) -> Plan:
    """Numbers for a look."""
    return Plan(
        folder=folder, runs=runs, window=10.0, windows=1, starts=5, encode_seconds=1.0, crowd_seconds=3.0, minutes=1.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that can be measured alone; *limit* bounds it in seconds (for five runs); a long one only by name."""

    name: str
    title: str
    limit: float
    measure: Callable[[Plan], Iterator[Row]]
    is_long: bool = False
