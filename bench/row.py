"""One line of the result and how the table looks: 80 columns, target and verdict at the end. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from bench.spread import Spread, spread_of

HEADER = f"{'':<38} {'median':>8} {'min..max':>15} {'n':>2} {'target':>7} "
SHARES_A_TARGET = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """*target* is the most that is good (None: only told), or with ``is_floor`` the least."""

    part: str
    what: str
    spread: Spread
    unit: str
    target: float | None = None
    is_floor: bool = False

    @property
    def verdict(self) -> str:
        """``ok``, ``over`` (``under`` a floor), or nothing without a target; the median decides."""
        if self.target is None:
            return ""
        if self.is_floor:
            return "ok" if self.spread.median >= self.target - SHARES_A_TARGET else "under"
        return "ok" if self.spread.median <= self.target + SHARES_A_TARGET else "over"

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "verdict": self.verdict}


def row(
    part: str, what: str, values: Iterable[float], unit: str, target: float | None = None, *, is_floor: bool = False
) -> Row:
    """The row of the measured *values*."""
    return Row(part=part, what=what, spread=spread_of(values), unit=unit, target=target, is_floor=is_floor)


def render_row(one: Row) -> str:
    """One line of at most 80 columns."""
    spread = one.spread
    what = f"{one.what}, {one.unit}" if one.unit else one.what
    span = f"{number(spread.low)}..{number(spread.high)}"
    sign = ">=" if one.is_floor else "<="
    target = "" if one.target is None else f"{sign}{number(one.target)}"
    return f"{what:<38} {number(spread.median):>8} {span:>15} {spread.runs:>2} {target:>7} {one.verdict}".rstrip()


def number(value: float) -> str:
    """Three digits that count, no more than a table needs."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 100:
        return f"{value:.0f}"
    if size >= 10:
        return f"{value:.1f}".removesuffix(".0")
    if size >= 1:
        return f"{value:.2f}".removesuffix(".00")
    return f"{value:.3f}" if size >= 0.001 else f"{value:.1g}"
