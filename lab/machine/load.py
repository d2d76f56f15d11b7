"""How busy processors were, from /proc/stat, and how long a process waited for one, from its threads' schedstat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SATURATED = 0.90
"""With less than a tenth idle an audio assertion says nothing about the program."""


STARVED = 0.25
"""A program that failed while QEMU got no processor for a quarter of its time may have been in time elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """Time since boot of all processors together, in ticks."""

    idle: int
    total: int


def parse_ticks(text: str) -> Ticks:
    """Read the first line of /proc/stat."""
    numbers = [int(word) for word in text.split("\n", 1)[0].split()[1:9]]
    return Ticks(idle=numbers[3] + numbers[4], total=sum(numbers))


def load_between(before: Ticks, after: Ticks) -> float:
    """Busy share of all processors, 0 to 1; since the boot when that came in between."""
    if after.total < before.total:
        before = Ticks(idle=0, total=0)
    total = after.total - before.total
    return 1 - (after.idle - before.idle) / total if total > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """What the threads of a process did so far, in nanoseconds: they ran, or wanted to and waited."""

    ran: int = 0
    waited: int = 0


def parse_work(schedstats: Iterable[str]) -> Work:
    """Add up /proc/PID/task/TID/schedstat (Documentation/scheduler/sched-stats.rst of the kernel)."""
    pairs = [tuple(map(int, text.split()[:2])) for text in schedstats if text.strip()]
    return Work(sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs))


def waited_share(work: Work, since: Work = Work()) -> float:
    """The share of the time in which threads wanted to run that they waited, 0 to 1; those that ended do not count."""
    ran, waited = max(0, work.ran - since.ran), max(0, work.waited - since.waited)
    return waited / (ran + waited) if ran + waited else 0.0
