"""Lost, stale and silent sound in samples of the pattern Count, bit by bit. Pure.

Stale: a short run of wrong samples after which the count goes on as if nothing was lost. The kernel's own race
(``retire_capture_urb`` moves the pointer before it copies), only wider under TCG; with one processor it cannot happen.
Each round of the count begins with its own number, so a loss is known up to 43 s at 48 kHz; between two breaks less
than a round apart only modulo a round (683 ms), and a loss of whole rounds to the very sample is not seen.
"""

from __future__ import annotations

import itertools
from array import array
from dataclasses import dataclass

from lab.microphone.pattern import COUNT_PERIOD as PERIOD
from lab.microphone.pattern import COUNT_ROUNDS

WHOLE = PERIOD * COUNT_ROUNDS
STALE_SECONDS = 0.004
STALE_SHARE = 0.001
"""Of all samples; the race spoils a few milliseconds in a hundred seconds, a faulty program every so many."""

SPARE_SECONDS = 0.5
"""What may be on its way when somebody stops listening."""

LEAST_SILENCE = 16
"""Zeros in a row that are silence."""

STRIDE = 4096
COUNT = array("h", [*range(PERIOD), *range(STRIDE)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A spot at which the count does not go on; *at* in seconds, lengths in samples, both 0 where sound came twice."""

    at: float
    lost: int
    silent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a recording of the pattern Count says, lengths in samples: *leading* zeros are no break, as it may
    have begun before the sound; *stale* runs hold so many *wrong* samples.
    """

    rate: int
    frames: int
    leading: int
    stale: int
    wrong: int
    breaks: tuple[Break, ...]

    @property
    def lost_seconds(self) -> float:
        """Sound that is missing, and in whose place there is nothing."""
        return sum(one.lost for one in self.breaks) / self.rate

    @property
    def silent_seconds(self) -> float:
        """Silence in place of sound."""
        return sum(one.silent for one in self.breaks) / self.rate

    @property
    def missing_seconds(self) -> float:
        """Sound that is lost, or silence."""
        return self.lost_seconds + self.silent_seconds

    @property
    def heard_seconds(self) -> float:
        """From the first sound to the end."""
        return (self.frames - self.leading) / self.rate

    def shortfall(self, seconds: float) -> str:
        """Why this is not every sample of *seconds* of sound; empty when it is."""
        if self.breaks:
            return f"lost {self.lost_seconds:.3f} s, silent {self.silent_seconds:.3f} s in {len(self.breaks)} breaks"
        if self.heard_seconds < seconds - SPARE_SECONDS:
            return f"{self.heard_seconds:.2f} s of sound in {seconds:.2f} s"
        if self.wrong > STALE_SHARE * self.frames + STALE_SECONDS * self.rate:
            return f"{self.wrong} samples are wrong, in {self.stale} places"
        return ""


@dataclass(frozen=True, slots=True)
class Run:
    """An unbroken stretch of the count, after so many zeros."""

    start: int
    end: int
    silent: int


def count_losses(samples: array[int], rate: int) -> Counted:
    """Walk through one channel of *samples*."""
    leading = next((number for number, value in enumerate(samples) if value), len(samples))
    runs, stale = _find_runs(samples, leading, rate)
    breaks = tuple(_between(samples, one, other, rate) for one, other in itertools.pairwise(runs))
    return Counted(rate=rate, frames=len(samples), leading=leading, stale=len(stale), wrong=sum(stale), breaks=breaks)


def _find_runs(samples: array[int], start: int, rate: int) -> tuple[list[Run], list[int]]:
    """Also the lengths of what was stale."""
    index, runs, silent, stale = start, [], 0, []
    while (index := _run_end(samples, index)) < len(samples):
        if end := _stale_end(samples, index, rate):
            stale.append(end - index)
            index = end
            continue
        runs.append(Run(start, index, silent))
        silent = _silence_at(samples, index)
        start = index = index + silent
    return [*runs, Run(start, len(samples), silent)], stale


def _run_end(samples: array[int], start: int) -> int:
    """The first index after *start* that does not follow its predecessor."""
    index = start
    while index < len(samples):
        here = samples[index : index + STRIDE]
        first = _number(here[0])
        round_begins = (PERIOD - first) % PERIOD
        if round_begins < len(here) and here[round_begins] < 0:
            here[round_begins] = 0
        if here == COUNT[first : first + len(here)]:
            index += max(1, len(here) - 1)
            continue
        while index + 1 < len(samples) and _follows(samples[index], samples[index + 1]):
            index += 1
        return index + 1
    return len(samples)


def _number(sample: int) -> int:
    """Its number within the round; the first sample of a round tells the round's."""
    return max(0, sample)


def _follows(one: int, other: int) -> bool:
    return (_number(other) - _number(one)) % PERIOD == 1


def _stale_end(samples: array[int], start: int, rate: int) -> int:
    """Where the count goes on as if the samples from *start* had been right; 0 when it does not."""
    before = _number(samples[start - 1])
    for index in range(start + 1, min(start + int(STALE_SECONDS * rate), len(samples) - 1)):
        is_right = (_number(samples[index]) - before) % PERIOD == index - start + 1
        if is_right and _follows(samples[index], samples[index + 1]):
            return index
    return 0


def _silence_at(samples: array[int], start: int) -> int:
    end = start
    while end < len(samples) and samples[end] == 0:
        end += 1
    return end - start if end - start >= LEAST_SILENCE else 0


def _between(samples: array[int], one: Run, other: Run, rate: int) -> Break:
    at = one.end / rate
    if other.start >= len(samples):
        return Break(at=at, lost=0, silent=other.silent)
    before, after = _position(samples, one), _position(samples, other)
    if before is None or after is None:
        rest = (_number(samples[other.start]) - _number(samples[one.end - 1]) - 1) % PERIOD
        return Break(at=at, lost=0 if other.silent else rest, silent=other.silent)
    missing = (after - before - (one.end - one.start)) % WHOLE
    is_repeated = missing > WHOLE // 2
    return Break(at=at, lost=0 if is_repeated else max(0, missing - other.silent), silent=other.silent)


def _position(samples: array[int], run: Run) -> int | None:
    """The place of its first sample in all rounds; None when no round begins in it."""
    begins = run.start + (PERIOD - _number(samples[run.start])) % PERIOD
    if begins >= run.end or samples[begins] >= 0:
        return None
    return ((-samples[begins] - 1) * PERIOD - (begins - run.start)) % WHOLE
