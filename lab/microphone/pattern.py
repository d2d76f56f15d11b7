"""What a microphone hears, as 16-bit samples that repeat. Pure, but for Speech, which reads its file."""

from __future__ import annotations

import math
import random
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PEAK = 32767
COUNT_PERIOD = 1 << 15
"""Samples until the count begins again: 683 ms at 48 kHz."""

COUNT_ROUNDS = 64
"""Rounds of the count that are told apart: a loss is known up to 43 s."""

TORN_AT, TORN_SAMPLES = 10_000, 240
SPOILT_EVERY, SPOILT_SAMPLES = 960, 48


class Pattern(Protocol):
    """One period of one channel."""

    def period(self, rate: int, channel: int) -> array[int]:
        """Signed 16-bit samples at *rate*; all channels have periods of the same length."""


@dataclass(frozen=True, slots=True)
class Sine:
    """A tone; channel n sounds at (n + 1) times *hertz*. An *amplitude* above 1 clips."""

    hertz: int = 1000
    amplitude: float = 0.5

    def period(self, rate: int, channel: int) -> array[int]:
        """One second, in which every whole number of hertz ends where it began."""
        turn = 2 * math.pi * self.hertz * (channel + 1) / rate
        height = self.amplitude * PEAK
        return array("h", (_clipped(height * math.sin(turn * number)) for number in range(rate)))


@dataclass(frozen=True, slots=True)
class Stuck:
    """A converter that gives one value for ever; 0 is digital silence."""

    value: int = 0

    def period(self, rate: int, channel: int) -> array[int]:
        """One second of it."""
        return array("h", [self.value]) * rate


def silence() -> Stuck:
    """Nothing but zeros."""
    return Stuck(0)


@dataclass(frozen=True, slots=True)
class Noise:
    """A quiet room: noise of so many steps of the converter around zero."""

    steps: int = 3

    def period(self, rate: int, channel: int) -> array[int]:
        """One second, the same in each run."""
        chance = random.Random(channel)
        return array("h", (chance.randint(-self.steps, self.steps) for _ in range(rate)))


@dataclass(frozen=True, slots=True)
class Clicks:
    """Silence with one full-scale sample so many times a second."""

    per_second: int = 4

    def period(self, rate: int, channel: int) -> array[int]:
        """One second."""
        samples = array("h", bytes(2 * rate))
        for number in range(self.per_second):
            samples[number * rate // self.per_second] = PEAK
        return samples


@dataclass(frozen=True, slots=True)
class Count:
    """The number of the sample in 15 bits: what arrives can be compared bit by bit. Odd channels count down.

    In place of its zero, round n of the first channel says -(n + 1): how many rounds are missing is known too.
    """

    def period(self, rate: int, channel: int) -> array[int]:
        """All rounds."""
        up = array("h", range(COUNT_PERIOD))
        return array("h", reversed(up)) * COUNT_ROUNDS if channel % 2 else _rounds(up)


@dataclass(frozen=True, slots=True)
class TornCount:
    """A Count out of which 5 ms (at 48 kHz) are torn in each round: what a listener to a faulty program gets."""

    def period(self, rate: int, channel: int) -> array[int]:
        """All rounds, with the holes."""
        return _rounds(array("h", [*range(TORN_AT), *range(TORN_AT + TORN_SAMPLES, COUNT_PERIOD)]))


@dataclass(frozen=True, slots=True)
class SpoiltCount:
    """A Count in which 1 ms (at 48 kHz) of each 20 says something else, and nothing is lost."""

    def period(self, rate: int, channel: int) -> array[int]:
        """All rounds."""
        whole = _rounds(array("h", range(COUNT_PERIOD)))
        for start in range(SPOILT_EVERY, len(whole) - SPOILT_SAMPLES, SPOILT_EVERY):
            whole[start : start + SPOILT_SAMPLES] = array("h", [PEAK] * SPOILT_SAMPLES)
        return whole


@dataclass(frozen=True, slots=True)
class Speech:
    """A WAV file (16 bit) over and over; its first channel at the nearest sample, on every channel."""

    path: Path

    def period(self, rate: int, channel: int) -> array[int]:
        """The whole file at *rate*."""
        with wave.open(str(self.path)) as file:
            samples = array("h", file.readframes(file.getnframes()))[:: file.getnchannels()]
            step = file.getframerate() / rate
        return array("h", (samples[int(number * step)] for number in range(int(len(samples) / step))))


def _rounds(one: array[int]) -> array[int]:
    whole = one * COUNT_ROUNDS
    whole[:: len(one)] = array("h", range(-1, -COUNT_ROUNDS - 1, -1))
    return whole


def _clipped(value: float) -> int:
    return max(-PEAK - 1, min(PEAK, int(value)))
