"""Lost, stale and silent sound in samples of the pattern Count, bit by bit. Pure.

Stale: a short run of wrong samples after which the count goes on as if nothing was lost. The kernel's own race
(``retire_capture_urb`` moves the pointer before it copies), only wider under TCG; with one processor it cannot happen.
A loss is known modulo the period of the count: 683 ms at 48 kHz.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

PERIOD = 1 << 15
STALE_SECONDS = 0.004
LEAST_SILENCE = 16
"""Zeros in a row that are silence; one is the count passing zero."""

STRIDE = 4096
COUNT = array("h", [*range(PERIOD), *range(STRIDE)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A spot at which the count does not go on; *at* in seconds, both lengths in samples."""

    at: float
    lost: int
    silent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a recording of the pattern Count says. Leading silence is not counted."""

    rate: int
    frames: int
    stale: int
    breaks: tuple[Break, ...]

    @property
    def lost_seconds(self) -> float:
        """Sound that is missing, and in whose place there is nothing."""
        return sum(one.lost for one in self.breaks) / self.rate

    @property
    def silent_seconds(self) -> float:
        """Silence in place of sound."""
        return sum(one.silent for one in self.breaks) / self.rate


def count_losses(samples: array[int], rate: int) -> Counted:
    """Walk through one channel of *samples*."""
    index = _first_sound(samples)
    stale, breaks = 0, []
    while (index := _run_end(samples, index)) < len(samples):
        if end := _stale_end(samples, index, rate):
            stale, index = stale + 1, end
            continue
        found, index = _break_at(samples, index, rate)
        breaks.append(found)
    return Counted(rate=rate, frames=len(samples), stale=stale, breaks=tuple(breaks))


def _first_sound(samples: array[int]) -> int:
    return next((max(0, index - 1) for index, value in enumerate(samples) if value), len(samples))


def _run_end(samples: array[int], start: int) -> int:
    """The first index after *start* that does not follow its predecessor."""
    index = start
    while index < len(samples):
        here = samples[index : index + STRIDE]
        first = samples[index] % PERIOD
        if here == COUNT[first : first + len(here)]:
            index += max(1, len(here) - 1)
            continue
        while index + 1 < len(samples) and _follows(samples[index], samples[index + 1]):
            index += 1
        return index + 1
    return len(samples)


def _follows(one: int, other: int) -> bool:
    return (other - one) % PERIOD == 1


def _stale_end(samples: array[int], start: int, rate: int) -> int:
    """Where the count goes on as if the samples from *start* had been right; 0 when it does not."""
    before = samples[start - 1]
    for index in range(start + 1, min(start + int(STALE_SECONDS * rate), len(samples) - 1)):
        is_right = (samples[index] - before) % PERIOD == index - start + 1
        if is_right and _follows(samples[index], samples[index + 1]):
            return index
    return 0


def _break_at(samples: array[int], start: int, rate: int) -> tuple[Break, int]:
    end = start
    while end < len(samples) and samples[end] == 0:
        end += 1
    silent = end - start if end - start >= LEAST_SILENCE else 0
    index = start + silent
    if index >= len(samples):
        return Break(at=start / rate, lost=0, silent=silent), index
    lost = 0 if silent else (samples[index] - samples[start - 1] - 1) % PERIOD
    return Break(at=start / rate, lost=lost, silent=silent), index
