"""How busy processors were between two looks at /proc/stat, whose columns proc(5) names."""

from __future__ import annotations

from dataclasses import dataclass

SATURATED = 0.90
"""With less than a tenth idle an audio assertion says nothing about the program."""


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
    """Busy share of all processors, 0 to 1."""
    total = after.total - before.total
    return 1 - (after.idle - before.idle) / total if total > 0 else 0.0
