"""RTP and RTCP packets as bytes (RFC 3550 sections 5.1, 6.4.1, 6.5, 6.6; RFC 2250 section 3.5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

HEADER_BYTES = 12
_HEADER = struct.Struct("!BBHII")
_REPORT = struct.Struct("!BBHIIIIII")
_VERSION = 0x80
_MARKER = 0x80
_SENDER_REPORT, _DESCRIPTION, _BYE = 200, 202, 203
_NTP_EPOCH = 2_208_988_800  # seconds from 1900 to 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The fixed header's fields that we read or rewrite."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    """``wall`` is seconds since 1970, ``timestamp`` the RTP time of the same instant."""

    ssrc: int
    wall: float
    timestamp: int
    packets: int
    payload_bytes: int


def parse_header(packet: bytes) -> Header | None:
    """The header, or nothing when this is no RTP packet."""
    if len(packet) < HEADER_BYTES or packet[0] & 0xC0 != _VERSION:
        return None
    _, kind, sequence, timestamp, ssrc = _HEADER.unpack_from(packet)
    return Header(marker=kind >= _MARKER, payload_type=kind & 0x7F, sequence=sequence, timestamp=timestamp, ssrc=ssrc)


def rewrite(packet: bytes, header: Header) -> bytes:
    """The packet under another header; CSRC list, extension, padding and payload stay."""
    kind = header.payload_type | (_MARKER if header.marker else 0)
    return _HEADER.pack(packet[0], kind, header.sequence, header.timestamp, header.ssrc) + packet[HEADER_BYTES:]


def payload_start(packet: bytes) -> int:
    """Where the payload begins, behind CSRC list and header extension."""
    start = HEADER_BYTES + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10 and len(packet) >= start + 4:
        start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
    return start


def mpeg_audio_offset(packet: bytes) -> int:
    """Where in its audio frame an MPEG audio packet begins: 0 at the frame's start (RFC 2250 section 3.5)."""
    start = payload_start(packet)
    return int.from_bytes(packet[start + 2 : start + 4], "big")


def interleave(channel: int, packet: bytes) -> bytes:
    """The packet as it travels between RTSP messages (RFC 2326 section 10.12)."""
    return b"$" + channel.to_bytes(1, "big") + len(packet).to_bytes(2, "big") + packet


def render_sender_report(report: SenderReport, cname: str) -> bytes:
    """A sender report with the source description that must follow it (RFC 3550 section 6.1)."""
    seconds = report.wall + _NTP_EPOCH
    fraction = int(seconds % 1 * 2**32)
    counts = report.packets % 2**32, report.payload_bytes % 2**32
    head = _REPORT.pack(
        _VERSION, _SENDER_REPORT, 6, report.ssrc, int(seconds) % 2**32, fraction, report.timestamp, *counts
    )
    return head + _render_description(report.ssrc, cname)


def _render_description(ssrc: int, cname: str) -> bytes:
    name = cname.encode("ascii")
    chunk = struct.pack("!IBB", ssrc, 1, len(name)) + name + b"\0"
    chunk += bytes(-len(chunk) % 4)
    return struct.pack("!BBH", _VERSION | 1, _DESCRIPTION, len(chunk) // 4) + chunk


def render_bye(ssrc: int) -> bytes:
    """The source leaves (RFC 3550 section 6.6), behind the empty receiver report that begins every compound."""
    return struct.pack("!BBHI", _VERSION, 201, 1, ssrc) + struct.pack("!BBHI", _VERSION | 1, _BYE, 1, ssrc)
