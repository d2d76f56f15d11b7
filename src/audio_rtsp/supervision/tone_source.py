"""The generator of a test tone, in a microphone's place."""

from __future__ import annotations

from dataclasses import dataclass

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.capture.argv import tone_argv
from audio_rtsp.encoder.codec import Encoding


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneSource:
    """A sine in a microphone's place; *frequency* in hertz."""

    frequency: int

    @property
    def mixer(self) -> str:
        """None."""
        return ""

    def choose(self, encoding: Encoding, channels: int) -> PcmFormat:
        """48 kHz, as a microphone would; the same on every channel."""
        sample_format = "S32_LE" if encoding.is_wide else "S16_LE"
        return PcmFormat(sample_format=sample_format, rate=48000, channels=channels)

    def argv(self, pcm: PcmFormat) -> tuple[str, ...]:
        """Our generator."""
        return tone_argv(self.frequency, pcm)

    def holder(self) -> str:
        """Nobody."""
        return ""

    def is_there(self) -> bool:
        """Always."""
        return True

    def is_held_by(self, pid: int) -> bool | None:
        """There is no device."""
        return None

    def obstacle(self) -> str:
        """Nothing."""
        return ""
