"""What a track carries, read from its payload type, rtpmap and fmtp; named as MediaMTX v1.20.1's API names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_RTPMAP = re.compile(r"([0-9]{1,3})\s+([^/\s]+)/([0-9]{1,7})(?:/([0-9]{1,3}))?")
_FIRST_DYNAMIC = 96
_LABELS = {
    "MPA": "MPEG-1/2 Audio",
    "MPEG4-GENERIC": "MPEG-4 Audio",
    "MP4A-LATM": "MPEG-4 Audio LATM",
    "OPUS": "Opus",
    "L8": "LPCM",
    "L16": "LPCM",
    "L24": "LPCM",
    "PCMU": "G711",
    "PCMA": "G711",
    "G722": "G722",
    "AC3": "AC3",
    "SPEEX": "Speex",
    "VORBIS": "Vorbis",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """``name`` as in rtpmap, upper case; ``clock`` in Hz is that of the RTP time, not always the sample rate."""

    name: str
    clock: int
    channels: int = 1

    @property
    def label(self) -> str:
        return _LABELS.get(self.name, "Generic")

    @property
    def is_raw(self) -> bool:
        return self.label == "LPCM"


# RFC 3551 section 6, audio; these need no rtpmap
STATIC: Mapping[int, Codec] = {
    0: Codec(name="PCMU", clock=8000),
    8: Codec(name="PCMA", clock=8000),
    9: Codec(name="G722", clock=8000),
    10: Codec(name="L16", clock=44100, channels=2),
    11: Codec(name="L16", clock=44100),
    14: Codec(name="MPA", clock=90000),
}


def parse_codec(payload_type: int, rtpmap: str, fmtp: str) -> Codec | None:
    """``rtpmap`` and ``fmtp`` are the attributes' values; a dynamic type without rtpmap says nothing."""
    match = _RTPMAP.fullmatch(rtpmap.strip())
    if match is None or int(match[1]) != payload_type or not int(match[3]):
        return STATIC.get(payload_type) if payload_type < _FIRST_DYNAMIC else None
    name = match[2].upper()
    channels = _count_opus_channels(fmtp) if name == "OPUS" else int(match[4] or 1)
    return Codec(name=name, clock=int(match[3]), channels=channels)


def _count_opus_channels(fmtp: str) -> int:
    """The rtpmap always says 2 (RFC 7587 section 7)."""
    return 2 if re.search(r"sprop-stereo\s*=\s*1\b", fmtp) else 1


def describe_codec(codec: Codec) -> dict[str, object] | None:
    """The ``codecProps`` of the API; MPEG-1/2 Audio has none."""
    rate, channels = {"sampleRate": codec.clock}, {"channelCount": codec.channels}
    match codec.label:
        case "Opus":
            return {**channels}
        case "MPEG-4 Audio" | "AC3":
            return {**rate, **channels}
        case "LPCM":
            return {"bitDepth": int(codec.name[1:]), **rate, **channels}
        case "G711":
            return {"muLaw": codec.name == "PCMU", **rate, **channels}
    return None
