"""The table at the end: what was tried, what came of it, and what the machine could do meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """What came of a scenario. INCONCLUSIVE is never a pass: the machine was too busy to tell."""

    PASS = "pass"
    FAIL = "FAIL"
    INCONCLUSIVE = "inconclusive"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One scenario. *lost* and *load* are None where no sound was judged; *note* is one line."""

    scenario: str
    result: Result
    seconds: float
    lost_seconds: float | None = None
    stale: int | None = None
    load: float | None = None
    note: str = ""


HEADS = ("scenario", "result", "seconds", "lost", "stale", "load", "note")


def is_green(rows: Sequence[Row]) -> bool:
    """Whether nothing failed and nothing stayed open."""
    return not any(row.result in (Result.FAIL, Result.INCONCLUSIVE) for row in rows)


def has_failed(rows: Sequence[Row]) -> bool:
    """Whether anything failed that the machine's load does not excuse."""
    return any(row.result is Result.FAIL for row in rows)


def render_report(rows: Sequence[Row]) -> str:
    """A table, and the total."""
    cells = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADS) - 1)]
    lines = ["  ".join((*map(str.ljust, line, widths), line[-1])).rstrip() for line in cells]
    counts = ", ".join(f"{count} {result}" for result in Result if (count := sum(r.result is result for r in rows)))
    return "\n".join((*lines, f"{counts} in {sum(row.seconds for row in rows) / 60:.1f} min", ""))


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.scenario,
        row.result.value,
        f"{row.seconds:.1f}",
        "" if row.lost_seconds is None else f"{row.lost_seconds * 1000:.0f} ms",
        "" if row.stale is None else str(row.stale),
        "" if row.load is None else f"{row.load:.0%}",
        row.note,
    )
