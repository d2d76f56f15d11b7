"""Is this a 440 Hz tone? Measured on samples by Goertzel's filter."""

from __future__ import annotations

import array
import math

RATE = 48_000


def parse_samples(raw: bytes) -> array.array[int]:
    """16-bit little-endian mono."""
    samples = array.array("h")
    samples.frombytes(raw[: len(raw) // 2 * 2])
    return samples


def share_of(frequency: float, samples: array.array[int], rate: int = RATE) -> float:
    """The share of all power that lies at one frequency: 1.0 for a pure tone, 0.0 for silence."""
    power = sum(sample * sample for sample in samples)
    if not power:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * frequency / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    found = last * last + before * before - turn * last * before
    return 2 * found / (len(samples) * power)


def is_tone(raw: bytes, frequency: float = 440.0, *, skip_seconds: float = 0.1) -> bool:
    """A quarter of a second of it, behind the first frames of an MP3 joined in the middle."""
    start = round(skip_seconds * RATE)
    samples = parse_samples(raw)[start : start + RATE // 4]
    return (
        len(samples) == RATE // 4 and share_of(frequency, samples) > 0.9 and share_of(frequency * 1.5, samples) < 0.05
    )


def level_at(raw: bytes, frequency: float = 440.0, window_seconds: float = 0.1) -> list[float]:
    """The tone's share in each window of a recording."""
    samples, step = parse_samples(raw), round(window_seconds * RATE)
    return [share_of(frequency, samples[at : at + step]) for at in range(0, len(samples) - step + 1, step)]
