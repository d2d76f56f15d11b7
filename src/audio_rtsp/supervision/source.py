"""Where the sound of a stream comes from: a capture device, or the generator of a test tone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audio_rtsp.alsa.capability import Capability
from audio_rtsp.alsa.inventory import holder_name, pcm_status
from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.capture.argv import arecord_argv, tone_argv
from audio_rtsp.capture.format import choose_format
from audio_rtsp.devices.device import held_by
from audio_rtsp.encoder.codec import Encoding


class Source(Protocol):
    """What a stream asks of the place its sound comes from."""

    def choose(self, encoding: Encoding) -> PcmFormat:
        """The raw sound to ask for."""

    def argv(self, pcm: PcmFormat) -> tuple[str, ...]:
        """The command that writes it to standard output."""

    def holder(self) -> str:
        """Who holds the device, as ``held by NAME (pid N)``; empty when it is free or nobody knows."""

    def is_held_by(self, pid: int) -> bool | None:
        """Whether this very device is held by *pid*; None when the kernel does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSource:
    """A capture device by its card id; *root* is where /proc is read."""

    root: Path
    card_id: str
    card_index: int
    pcm: int
    capability: Capability | None

    def choose(self, encoding: Encoding) -> PcmFormat:
        """A rate, format and channel count that the device has."""
        return choose_format(self.capability, rate=encoding.rate, channels=encoding.channels, is_wide=encoding.is_wide)

    def argv(self, pcm: PcmFormat) -> tuple[str, ...]:
        """arecord."""
        return arecord_argv(self.card_id, self.pcm, pcm)

    def holder(self) -> str:
        """From the PCM's status; read every second while busy."""
        status = pcm_status(self.root, self.card_index, self.pcm)
        if status.has_room:
            return ""
        return held_by(holder_name(self.root, status.owner_pid), status.owner_pid)

    def is_held_by(self, pid: int) -> bool | None:
        """From the PCM's status: a card id can pass to another microphone between look and open."""
        owners = pcm_status(self.root, self.card_index, self.pcm).owners
        return pid in owners if owners else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneSource:
    """A sine in a microphone's place; *frequency* in hertz."""

    frequency: int

    def choose(self, encoding: Encoding) -> PcmFormat:
        """48 kHz mono, as a microphone would."""
        return PcmFormat(sample_format="S32_LE" if encoding.is_wide else "S16_LE", rate=48000, channels=1)

    def argv(self, pcm: PcmFormat) -> tuple[str, ...]:
        """Our generator."""
        return tone_argv(self.frequency, pcm)

    def holder(self) -> str:
        """Nobody."""
        return ""

    def is_held_by(self, pid: int) -> bool | None:
        """There is no device."""
        return None
