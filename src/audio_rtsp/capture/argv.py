"""The command line of arecord, and of the generator that stands in its place for a test tone."""

from __future__ import annotations

import sys
from pathlib import Path

from audio_rtsp.alsa.pcm_format import PERIOD, PcmFormat

BUFFER = 1.0
"""Seconds of sound that the kernel holds while nobody reads; a device with a smaller buffer gives what it has."""


def arecord_argv(card_id: str, pcm_device: int, pcm: PcmFormat) -> tuple[str, ...]:
    """Raw sound of one device to standard output; ``plughw`` converts what the device cannot do itself."""
    return (
        "arecord",
        *("-q", "-t", "raw"),
        *("-D", f"plughw:CARD={card_id},DEV={pcm_device}"),
        *("-f", pcm.sample_format),
        *("-r", str(pcm.rate)),
        *("-c", str(pcm.channels)),
        *("--period-time", str(_microseconds(pcm))),
        *("--buffer-time", str(round(BUFFER * 1e6))),
    )


def _microseconds(pcm: PcmFormat) -> int:
    return round(min(PERIOD, pcm.period_frames / pcm.rate) * 1e6)


def tone_argv(frequency: int, pcm: PcmFormat) -> tuple[str, ...]:
    """A sine of *frequency* hertz at the pace of a microphone."""
    script = Path(__file__).with_name("tone.py")
    return (
        sys.executable,
        "-I",
        "-S",
        str(script),
        str(frequency),
        pcm.sample_format,
        str(pcm.rate),
        str(pcm.channels),
    )
