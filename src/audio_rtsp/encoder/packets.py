"""How large the RTP packets are that ffmpeg makes, and how much sound goes into them at a time."""

from __future__ import annotations

import math

from audio_rtsp.encoder.codec import Encoding

LARGEST_PACKET = 1316
"""Bytes of RTP that every server and network takes (MediaMTX v1.12.2 refuses more than 1,460 of payload)."""
RTP_HEADER = 12
PACKET_OVERHEAD = 32
"""RTP header, payload header of RFC 2250 or 3640, and the padding byte of a coded frame."""
LEAST_BLOCK = 0.02
"""Seconds of uncompressed sound that are sent at a time, at least."""
LONGEST_PACKET = 0.04
"""Seconds of uncompressed sound in a packet above which ffmpeg's own blocks fit into one."""


def packet_options(encoding: Encoding) -> tuple[str, ...]:
    """Two coded frames a packet: fewer cost packets, more arrive in lumps.

    AAC's packets are bounded by time (``-max_delay``, libavformat/rtpenc_aac.c), MP3's by size alone (rtpenc_mpv.c).
    """
    coded = round(2 * encoding.bitrate / 8 * encoding.frame_seconds) + PACKET_OVERHEAD
    if encoding.codec == "aac":
        return ("-pkt_size", str(LARGEST_PACKET), "-max_delay", str(round(1.9e6 * encoding.frame_seconds)))
    return ("-pkt_size", str(min(LARGEST_PACKET, coded) if encoding.bitrate else LARGEST_PACKET))


def block_samples(encoding: Encoding) -> int:
    """Samples a channel of uncompressed sound that fill whole packets; 0 where ffmpeg's own blocks do as well.

    ffmpeg cuts every block for itself (libavformat/rtpenc.c): of 1,024 samples it makes a full packet and half a one,
    and each costs the server and every listener as much as a full one.
    """
    if encoding.bitrate:
        return 0
    samples = (LARGEST_PACKET - RTP_HEADER) // (encoding.sample_bytes * encoding.channels)
    if samples > LONGEST_PACKET * encoding.rate:
        return 0
    return samples * math.ceil(LEAST_BLOCK * encoding.rate / samples)
