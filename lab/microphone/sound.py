"""The samples of a microphone, packet by packet."""

from __future__ import annotations

from array import array
from functools import lru_cache

from lab.microphone.microphone import Microphone


class Sound:
    """Packs the pattern for the wire, from so many *seconds* after its beginning; one packet is a millisecond of the
    microphone's own clock.
    """

    def __init__(self, microphone: Microphone, rate: int, seconds: float = 0.0) -> None:
        self.rate = rate
        self._period = render_period(microphone, rate)
        self._frame_bytes = microphone.frame_bytes
        self._frames_each = rate / 1000 * (1 + microphone.clock_ppm / 1e6)
        self._due = 0.0
        self._position = int(seconds * 1000 * self._frames_each) * self._frame_bytes % len(self._period)

    def packet(self) -> bytes:
        """The next millisecond."""
        self._due += self._frames_each
        frames = int(self._due)
        self._due -= frames
        return self._take(frames * self._frame_bytes)

    def _take(self, size: int) -> bytes:
        taken = self._period[self._position : self._position + size]
        if len(taken) < size:
            taken += self._period[: size - len(taken)]
        self._position = (self._position + size) % len(self._period)
        return taken


@lru_cache(maxsize=32)
def render_period(microphone: Microphone, rate: int) -> bytes:
    """One period, channels interleaved; samples of 24 and 32 bits carry the 16 bits on top."""
    channels = [microphone.pattern.period(rate, channel) for channel in range(microphone.channels)]
    mixed = array("h", bytes(2 * len(channels) * len(channels[0])))
    for number, samples in enumerate(channels):
        mixed[number :: len(channels)] = samples
    return _widened(mixed.tobytes(), microphone.bits // 8)


def _widened(samples: bytes, width: int) -> bytes:
    """Little-endian 16-bit samples on *width* bytes each."""
    if width == 2:
        return samples
    wide = bytearray(width * (len(samples) // 2))
    wide[width - 2 :: width] = samples[0::2]
    wide[width - 1 :: width] = samples[1::2]
    return bytes(wide)
