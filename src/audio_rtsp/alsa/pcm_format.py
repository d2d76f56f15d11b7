"""The shape of raw sound in a pipe: sample format, rate, channels."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_BYTES = {"S16_LE": 2, "S32_LE": 4}
PERIOD = 0.02
"""Seconds of sound that move at a time."""
PIPE_BUF = 4096
"""Bytes that a pipe writes or not at all (POSIX PIPE_BUF on Linux), and the page that a larger write is cut at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PcmFormat:
    """Interleaved little-endian samples; ``sample_format`` is ALSA's name, ``rate`` in hertz."""

    sample_format: str
    rate: int
    channels: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return SAMPLE_BYTES[self.sample_format] * self.channels

    @property
    def bytes_per_second(self) -> int:
        """Bytes of one second."""
        return self.frame_bytes * self.rate

    @property
    def full_scale(self) -> int:
        """The largest sample value."""
        return int(2 ** (8 * SAMPLE_BYTES[self.sample_format] - 1))

    @property
    def period_frames(self) -> int:
        """Frames in one period: 20 ms; less where a frame does not divide the page, so that no write can be cut."""
        frames = max(1, round(self.rate * PERIOD))
        return frames if PIPE_BUF % self.frame_bytes == 0 else min(frames, PIPE_BUF // self.frame_bytes)

    @property
    def period_bytes(self) -> int:
        """Bytes in one period."""
        return self.period_frames * self.frame_bytes

    def seconds(self, size_bytes: int) -> float:
        """Duration of *size_bytes* of sound."""
        return size_bytes / self.bytes_per_second

    def whole_frames(self, seconds: float) -> int:
        """Bytes of the whole frames in *seconds* (0 for less than none)."""
        return max(0, int(seconds * self.rate)) * self.frame_bytes
