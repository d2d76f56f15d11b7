"""The command line of ffmpeg: raw sound from standard input, coded sound to the server, reports to standard output."""

from __future__ import annotations

from dataclasses import dataclass

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.encoder.codec import Encoding
from audio_rtsp.encoder.filters import chooses_channels
from audio_rtsp.encoder.options import ExtraOptions
from audio_rtsp.encoder.version import FfmpegVersion

LARGEST_PACKET = 1316
"""Bytes of RTP that every server and network takes (MediaMTX v1.12.2 refuses more than 1,460 of payload)."""
PACKET_OVERHEAD = 32
"""RTP header, payload header of RFC 2250 or 3640, and the padding byte of a coded frame."""
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
    return (
        *("-blocksize", str(pcm.period_bytes)),
        *("-probesize", "32", "-analyzeduration", "0"),
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
        *_packets(encoding),
        *("-f", "rtsp", "-rtsp_transport", "tcp", plan.url),
    )


def _packets(encoding: Encoding) -> tuple[str, ...]:
    """Two coded frames a packet: fewer cost packets, more arrive in lumps.

    AAC's packets are bounded by time (``-max_delay``, libavformat/rtpenc_aac.c), MP3's by size alone (rtpenc_mpv.c).
    """
    coded = round(2 * encoding.bitrate / 8 * encoding.frame_seconds) + PACKET_OVERHEAD
    if encoding.codec == "aac":
        return ("-pkt_size", str(LARGEST_PACKET), "-max_delay", str(round(1.9e6 * encoding.frame_seconds)))
    return ("-pkt_size", str(min(LARGEST_PACKET, coded) if encoding.bitrate else LARGEST_PACKET))


def filter_graph(plan: EncoderPlan) -> str:
    """The picked channel; the owner's filters, and beside them the meter, which taps the sound before they change it.

    A dead picked channel is silent, whatever its neighbour hears.
    """
    return ";".join(
        (
            f"[0:a]{_pick(plan.pick)}asplit=3[sound][peak][rms]",
            f"[peak]{_peak_meter(plan.pcm.rate)}",
            f"[rms]{_rms_meter(plan.pcm.rate)}",
            f"[sound]{','.join(part for part in (_mix(plan), plan.extra.filters) if part) or 'anull'}[out]",
        )
    )


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


def _peak_meter(rate: int) -> str:
    """Extremes of every sample: astats has a short way for these three alone (libavfilter/af_astats.c)."""
    return _meter(round(rate * WINDOW), "", "Min_level+Max_level+Peak_level")


def _rms_meter(rate: int) -> str:
    """RMS of one tenth of the sound: five times cheaper than of all of it, and as good for a level."""
    return _meter(round(rate * WINDOW / 10), r"aselect='not(mod(n\,10))',", "RMS_level")


def _meter(samples: int, select: str, measures: str) -> str:
    astats = f"astats=measure_perchannel=none:measure_overall={measures}:metadata=1:reset=1"
    return f"asetnsamples=n={samples}:p=0,{select}{astats},ametadata=mode=print:file='pipe\\:1':direct=1,anullsink"
