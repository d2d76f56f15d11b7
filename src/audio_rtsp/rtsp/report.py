"""Paths and sessions as MediaMTX v1.20.1's API writes them; old field names stand beside the new ones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from .codec import Codec, describe_codec
from .outlet import Counts
from .path import Path
from .publisher import Publisher
from .reader import Reader
from .session import Session
from .transport import Lower

Json = dict[str, Any]


def render_time(wall: float) -> str:
    """RFC 3339 in UTC, with microseconds."""
    micros = round(wall * 1_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(micros // 1_000_000))}.{micros % 1_000_000:06d}Z"


def report_path(path: Path) -> Json:
    """Without a publisher it is honest: not ready, not online, though readers may be waiting."""
    labels = [track.media.codec.label for track in path.tracks] if path.is_online else []
    codecs = [_report_codec(track.media.codec) for track in path.tracks] if path.is_online else []
    return {
        "name": path.name,
        "confName": "all_others",
        **_report_state(path),
        "source": {"type": "rtspSession", "id": path.publisher.id} if path.publisher else None,
        "tracks": labels,
        "tracks2": codecs,
        "readers": [{"type": "rtspSession", "id": reader.id} for reader in path.readers if reader.state == "read"],
        **_report_bytes(path),
    }


def _report_state(path: Path) -> Json:
    """Three names of one thing: none of our paths exists without a publisher."""
    since = render_time(path.ready_time) if path.is_online else None
    names = ("ready", "available", "online")
    return {key: value for name in names for key, value in ((name, path.is_online), (f"{name}Time", since))}


def _report_bytes(path: Path) -> Json:
    inbound, outbound = (path.inbound_bytes, path.outbound_bytes) if path.is_online else (0, 0)
    return {
        "inboundBytes": inbound,
        "outboundBytes": outbound,
        "inboundFramesInError": path.frames_in_error,
        "bytesReceived": inbound,
        "bytesSent": outbound,
    }


def _report_codec(codec: Codec) -> Json:
    return {"codec": codec.label, "codecProps": describe_codec(codec)}


_OLD_NAMES = {
    "inboundBytes": "bytesReceived",
    "outboundBytes": "bytesSent",
    "inboundRTPPackets": "rtpPacketsReceived",
    "outboundRTPPackets": "rtpPacketsSent",
    "inboundRTPPacketsLost": "rtpPacketsLost",
    "inboundRTPPacketsInError": "rtpPacketsInError",
    "inboundRTPPacketsJitter": "rtpPacketsJitter",
    "inboundRTCPPackets": "rtcpPacketsReceived",
    "outboundRTCPPackets": "rtcpPacketsSent",
    "inboundRTCPPacketsInError": "rtcpPacketsInError",
}
"""Those until v1.17.0, by the new ones."""


def report_session(session: Session) -> Json:
    """What one client does and how much of it."""
    counts = _report_counts(session)
    return {**_report_who(session), **counts, **{old: counts[new] for new, old in _OLD_NAMES.items()}}


def _report_who(session: Session) -> Json:
    peer = session.wire.peer if session.wire else (session.address, 0)
    host = f"[{session.address}]" if ":" in session.address else session.address
    return {
        "id": session.id,
        "created": render_time(session.created),
        "remoteAddr": f"{host}:{peer[1]}",
        "state": session.state,
        "path": session.target.path,
        "query": session.target.query,
        "user": "",
        "userAgent": session.agent,
        "transport": (session.lower or Lower.TCP).value,
        "profile": "AVP",
        "conns": [session.wire.id] if session.wire else [],
    }


def _report_counts(session: Session) -> Json:
    """What we do not measure is 0."""
    got, sent = session.received, session.count_sent() if isinstance(session, Reader) else Counts()
    return {
        "inboundBytes": got.bytes,
        "inboundRTPPackets": got.packets,
        "inboundRTPPacketsLost": 0,
        "inboundRTPPacketsInError": session.path.frames_in_error
        if isinstance(session, Publisher) and session.path
        else 0,
        "inboundRTPPacketsJitter": 0,
        "inboundRTCPPackets": session.control_received,
        "inboundRTCPPacketsInError": 0,
        "outboundBytes": sent.bytes,
        "outboundRTPPackets": sent.packets,
        "outboundRTPPacketsReportedLost": 0,
        "outboundRTPPacketsDiscarded": session.count_discarded() if isinstance(session, Reader) else 0,
        "outboundRTCPPackets": 0,
    }


def report_page(items: Sequence[Json], *, page: int, per_page: int) -> Json:
    """One page of a list; pages are counted from 0."""
    count = -(-len(items) // per_page)
    return {"itemCount": len(items), "pageCount": count, "items": list(items[page * per_page : (page + 1) * per_page])}
