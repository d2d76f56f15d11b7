"""Which tone is in decoded samples."""

from __future__ import annotations

import math
from array import array


def loudness(samples: array[int] | list[int], frequency: float, rate: int) -> float:
    """Amplitude of one frequency (Goertzel)."""
    turn = 2 * math.pi * frequency / rate
    before = earlier = 0.0
    for sample in samples:
        before, earlier = sample + 2 * math.cos(turn) * before - earlier, before
    power = before * before + earlier * earlier - 2 * math.cos(turn) * before * earlier
    return 2 * math.sqrt(max(0.0, power)) / max(1, len(samples))


def peak_frequency(samples: array[int] | list[int], rate: int, around: float, width: float = 30.0) -> float:
    """The loudest frequency near *around*, to a tenth of a hertz; 0.0 when there is hardly any sound."""
    if max(map(abs, samples), default=0) < 50:
        return 0.0
    coarse = max(range(-int(width), int(width) + 1), key=lambda step: loudness(samples, around + step, rate))
    fine = max(range(-10, 11), key=lambda step: loudness(samples, around + coarse + step / 10, rate))
    return around + coarse + fine / 10
