"""What to ask of a device: a rate, channel count and sample format that it has, nearest to what the stream needs."""

from __future__ import annotations

from audio_rtsp.alsa.capability import Capability
from audio_rtsp.alsa.pcm_format import PcmFormat


def choose_format(capability: Capability | None, *, rate: int, channels: int, is_wide: bool) -> PcmFormat:
    """The setting that keeps most of what a stream of *rate* hertz and *channels* carries; of those the smallest.

    A device of unknown capability is asked for what the stream needs; plughw converts.
    """
    sample_format = "S32_LE" if is_wide else "S16_LE"
    if capability is None:
        return PcmFormat(sample_format=sample_format, rate=rate, channels=channels)
    choices = [
        (have_channels, altset.rates.nearest(rate))
        for altset in capability.altsets
        for have_channels in altset.channels
    ]
    best = min(choices, key=lambda choice: (_lack(choice[0], channels), _lack(choice[1], rate), choice[0] * choice[1]))
    return PcmFormat(sample_format=sample_format, rate=best[1], channels=best[0])


def _lack(have: int, wanted: int) -> int:
    """How much is missing; enough is enough."""
    return max(0, wanted - have)
