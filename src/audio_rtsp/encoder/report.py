"""What ffmpeg reports on standard output while it runs: progress of its output, levels of its input."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

LEVEL = "lavfi.astats.Overall."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The newest of each value; None = not said yet. Levels in dBFS, extremes as a share of full scale (-1 to 1).

    Of several windows that came at once, the extremes are those of all.
    """

    output_seconds: float | None = None
    peak: float | None = None
    rms: float | None = None
    lowest: float | None = None
    highest: float | None = None
    windows: int = 0

    def updated(self, lines: Iterable[str], full_scale: int) -> Report:
        """The report after *lines*; what is not understood is passed over."""
        new: dict[str, float] = {}
        windows = self.windows
        for line in lines:
            key, _, text = line.partition("=")
            field = FIELDS.get(key)
            value = _number(text) if field else None
            if field and value is not None:
                value = value / SCALES.get(field, 1) / (full_scale if field in EXTREMES else 1)
                new[field] = WORST[field](new.get(field, value), value) if field in WORST else value
                windows += field == "highest"
        return replace(self, windows=windows, **new)


FIELDS = {
    "out_time_us": "output_seconds",
    LEVEL + "Peak_level": "peak",
    LEVEL + "RMS_level": "rms",
    LEVEL + "Min_level": "lowest",
    LEVEL + "Max_level": "highest",
}
SCALES = {"output_seconds": 1_000_000}
EXTREMES = frozenset({"lowest", "highest"})
WORST: dict[str, Callable[[float, float], float]] = {"lowest": min, "highest": max, "peak": max}
QUIETEST = -200.0
"""dBFS told for digital silence, which ffmpeg prints as -inf."""


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    if math.isnan(value):
        return None
    return max(QUIETEST, value) if value < 0 and math.isinf(value) else value
