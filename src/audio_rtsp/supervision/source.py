"""Where the sound of a stream comes from."""

from __future__ import annotations

from typing import Protocol

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.encoder.codec import Encoding


class Source(Protocol):
    """What a stream asks of the place its sound comes from."""

    @property
    def mixer(self) -> str:
        """The card whose mixer sets its volume; empty when there is none."""

    def choose(self, encoding: Encoding, channels: int) -> PcmFormat:
        """The raw sound to ask for: at least *channels*, where the device has them."""

    def argv(self, pcm: PcmFormat) -> tuple[str, ...]:
        """The command that writes it to standard output."""

    def holder(self) -> str:
        """Who holds the device, as ``held by NAME (pid N)``; empty when it is free or nobody knows."""

    def is_there(self) -> bool:
        """Whether this very device is still where it was found; True when the kernel does not say."""

    def is_held_by(self, pid: int) -> bool | None:
        """Whether a device in this one's place is held by *pid*; None when the kernel does not say."""

    def obstacle(self) -> str:
        """What on this machine forbids to use it, with the cure; empty when nothing does."""
