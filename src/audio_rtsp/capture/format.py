"""What to ask of a device: a rate, channel count and sample format that it has, nearest to what the stream needs."""

from __future__ import annotations

from audio_rtsp.alsa.capability import Capability, RateRange, Rates
from audio_rtsp.alsa.pcm_format import PcmFormat


def choose_format(capability: Capability | None, *, rate: int, channels: int, is_wide: bool) -> PcmFormat:
    """The setting that keeps most of what a stream of *rate* hertz and *channels* carries; of those the smallest.

    A device of unknown capability is asked for what the stream needs; plughw converts.
    """
    sample_format = "S32_LE" if is_wide else "S16_LE"
    if capability is None:
        return PcmFormat(sample_format=sample_format, rate=rate, channels=channels)
    choices = [
        (have_channels, nearest_rate(altset.rates, rate))
        for altset in capability.altsets
        for have_channels in altset.channels
    ]
    best = min(choices, key=lambda choice: (_lack(choice[0], channels), _lack(choice[1], rate), choice[0] * choice[1]))
    return PcmFormat(sample_format=sample_format, rate=best[1], channels=best[0])


def nearest_rate(rates: Rates, wanted: int) -> int:
    """The lowest rate that keeps all of *wanted*, else the highest there is."""
    if isinstance(rates, RateRange):
        return min(max(wanted, rates.low), rates.high)
    return next((rate for rate in rates.values if rate >= wanted), rates.values[-1])


def _lack(have: int, wanted: int) -> int:
    """How much is missing; enough is enough."""
    return max(0, wanted - have)
