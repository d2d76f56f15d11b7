"""What several runs of one measurement say together. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Median and range of *runs* measurements."""

    median: float
    low: float
    high: float
    runs: int


def spread_of(values: Iterable[float]) -> Spread:
    """Raises ValueError for no values: nothing measured is not zero."""
    found = sorted(values)
    if not found:
        raise ValueError("nothing was measured")
    return Spread(median=statistics.median(found), low=found[0], high=found[-1], runs=len(found))
