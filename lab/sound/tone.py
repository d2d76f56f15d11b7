"""Which tone a recording holds. Pure."""

from __future__ import annotations

import itertools
import math
from array import array
from dataclasses import dataclass

FULL_SCALE = 32768
AUDIBLE = 0.05
"""Share of full scale above which a sample belongs to a tone of the lab."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """*level* is the root mean square as a share of full scale; *hertz* is 0 without one."""

    hertz: float
    level: float
    seconds: float


def measure_tone(samples: array[int], rate: int) -> Tone:
    """The frequency from the zero crossings of the middle half, which encoders' beginnings and ends leave alone."""
    middle = samples[len(samples) // 4 : len(samples) * 3 // 4]
    level = math.sqrt(sum(value * value for value in middle) / len(middle)) / FULL_SCALE if middle else 0.0
    return Tone(hertz=_frequency(middle, rate), level=level, seconds=len(samples) / rate)


def _frequency(samples: array[int], rate: int) -> float:
    crossings = [
        index + one / (one - other)
        for index, (one, other) in enumerate(itertools.pairwise(samples))
        if one < 0 <= other
    ]
    if len(crossings) < 3:
        return 0.0
    return (len(crossings) - 1) * rate / (crossings[-1] - crossings[0])


def is_audible(samples: array[int]) -> bool:
    """Whether any sample is loud enough for a tone."""
    return bool(samples) and max(samples) > AUDIBLE * FULL_SCALE


def is_any(samples: array[int]) -> bool:
    """Whether there is anything but digital silence."""
    return any(samples)


def is_silence(samples: array[int]) -> bool:
    """Whether there is digital silence and nothing else."""
    return bool(samples) and not any(samples)
