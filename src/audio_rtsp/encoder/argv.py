"""The command line of ffmpeg: raw sound from standard input, coded sound to the server, reports to standard output."""

from __future__ import annotations

from dataclasses import dataclass

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.encoder.codec import Encoding
from audio_rtsp.encoder.filters import chooses_channels
from audio_rtsp.encoder.options import ExtraOptions
from audio_rtsp.encoder.packets import block_samples, packet_options
from audio_rtsp.encoder.version import FfmpegVersion

WINDOW = 0.5
"""Seconds of sound that one level report covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderPlan:
    """What one encoder does."""

    pcm: PcmFormat
    encoding: Encoding
    extra: ExtraOptions
    pick: str = "mix"
    url: str


def encoder_argv(plan: EncoderPlan, ffmpeg: FfmpegVersion, program: str = "ffmpeg") -> tuple[str, ...]:
    """Build the whole command line; it can be pasted into a shell behind ``arecord … |``."""
    return (
        program,
        *("-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning"),
        *("-progress", "pipe:1", *(("-stats_period", str(WINDOW)) if ffmpeg.has_stats_period else ())),
        *("-filter_threads", "1", "-filter_complex_threads", "1"),
        *_input(plan.pcm),
        *("-filter_complex", filter_graph(plan)),
        *("-map", "[out]"),
        *_output(plan),
    )


def _input(pcm: PcmFormat) -> tuple[str, ...]:
    """Raw sound as it comes; without an index of all that came, up to 1 MB (libavformat/seek.c, ff_reduce_index)."""
    return (
        *("-blocksize", str(pcm.period_bytes)),
        *("-probesize", "32", "-analyzeduration", "0"),
        *("-indexmem", "0"),
        *("-threads", "1"),
        *("-f", pcm.sample_format.lower().replace("_", "")),
        *("-ar", str(pcm.rate)),
        *("-ac", str(pcm.channels)),
        *("-i", "pipe:0"),
    )


def _output(plan: EncoderPlan) -> tuple[str, ...]:
    encoding = plan.encoding
    return (
        *("-c:a", encoding.codec),
        *(("-b:a", str(encoding.bitrate)) if encoding.bitrate else ()),
        *("-ar", str(encoding.rate)),
        *("-ac", str(encoding.channels)),
        *("-threads", "1"),
        *plan.extra.encoder,
        *packet_options(encoding),
        *("-f", "rtsp", "-rtsp_transport", "tcp", plan.url),
    )


def filter_graph(plan: EncoderPlan) -> str:
    """The picked channel; the owner's filters, and beside them the meter, which taps the sound before they change it.

    A dead picked channel is silent, whatever its neighbour hears.
    """
    rate, changes = plan.pcm.rate, ",".join(part for part in (_mix(plan), plan.extra.filters) if part)
    graph = (
        f"[0:a]{_pick(plan.pick)}{_whole_packets(plan)}asplit[{'sound' if changes else 'out'}][meter]",
        f"[meter]{_regroup(round(rate * WINDOW))}asplit[peak][rms]",
        f"[peak]{_peak_meter()}",
        f"[rms]{_rms_meter(rate)}",
    )
    return ";".join((*graph, f"[sound]{changes}[out]") if changes else graph)


def _whole_packets(plan: EncoderPlan) -> str:
    """Uncompressed sound in blocks that fill packets, unless another rate cuts them anew."""
    samples = block_samples(plan.encoding) if plan.encoding.rate == plan.pcm.rate else 0
    return _regroup(samples) if samples else ""


def _mix(plan: EncoderPlan) -> str:
    """All channels alike, the first left, the second right …, unless the owner's filters choose among them.

    More than two ffmpeg takes for surround, whose fourth it leaves out; of 18 it knows no layout and ends.
    """
    have, want = plan.pcm.channels, plan.encoding.channels
    if plan.pick != "mix" or have <= max(want, 2) or chooses_channels(plan.extra.filters):
        return ""
    heard = ("+".join(f"c{channel}" for channel in range(first, have, want)) for first in range(want))
    return "|".join((f"pan={want}c", *(f"c{channel}<{sources}" for channel, sources in enumerate(heard))))


def _pick(pick: str) -> str:
    """One channel alone: AUDIO_CHANNEL_PICK counts from 1."""
    if pick == "mix":
        return ""
    channel = {"left": 0, "right": 1}.get(pick)
    return f"pan=mono|c0=c{int(pick) - 1 if channel is None else channel},"


def _peak_meter() -> str:
    """Extremes of every sample: astats has a short way for these three alone (libavfilter/af_astats.c)."""
    return _meter("Min_level+Max_level+Peak_level")


def _rms_meter(rate: int) -> str:
    """RMS of one tenth of the sound: five times cheaper than of all of it, and as good for a level."""
    return rf"{_regroup(round(rate * WINDOW / 10))}aselect='not(mod(n\,10))',{_meter('RMS_level')}"


def _meter(measures: str) -> str:
    astats = f"astats=measure_perchannel=none:measure_overall={measures}:metadata=1:reset=1"
    return f"{astats},ametadata=mode=print:file='pipe\\:1':direct=1,anullsink"


def _regroup(samples: int) -> str:
    return f"asetnsamples=n={samples}:p=0,"
