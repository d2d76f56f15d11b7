"""Encoder plans with everything but the point of a test left at its usual value."""

from __future__ import annotations

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.encoder.argv import EncoderPlan
from audio_rtsp.encoder.codec import Wish, fit
from audio_rtsp.encoder.options import parse_options

URL = "rtsp://127.0.0.1:18554/desk_mic"
CODECS = ("libmp3lame", "aac", "libopus", "pcm_s16be", "pcm_s24be")


def plan(
    *,
    codec: str = "libmp3lame",
    rate: int = 44100,
    channels: int = 1,
    bitrate: int = 192_000,
    sample_format: str = "S16_LE",
    device_rate: int = 44100,
    device_channels: int = 1,
    options: str = "",
    pick: str = "mix",
) -> EncoderPlan:
    encoding, _ = fit(Wish(codec=codec, rate=rate, channels=channels, bitrate=bitrate))
    return EncoderPlan(
        pcm=PcmFormat(sample_format=sample_format, rate=device_rate, channels=device_channels),
        encoding=encoding,
        extra=parse_options(options),
        pick=pick,
        url=URL,
    )
