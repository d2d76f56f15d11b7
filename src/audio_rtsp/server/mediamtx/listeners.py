"""Which addresses a configuration opens. The binary's own check does not look at them: they are judged here.

Keys and defaults are those of MediaMTX v1.12.2 to v1.20.1; MoQ is off by our environment.
"""

from __future__ import annotations

import ipaddress
import itertools
import re
from dataclasses import dataclass

from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.remark import Refused

TRUE = ("yes", "true", "on")
TCP, UDP = "tcp", "udp"


@dataclass(frozen=True, slots=True)
class Opening:
    """One listener that a file can ask for: the switch before it with its default, and its address."""

    switch: str
    is_on: bool
    key: str
    default: str
    kind: str = TCP


OPENINGS = (
    Opening("rtsp", True, "rtspAddress", ":8554"),
    Opening("rtmp", True, "rtmpAddress", ":1935"),
    Opening("hls", True, "hlsAddress", ":8888"),
    Opening("webrtc", True, "webrtcAddress", ":8889"),
    Opening("api", False, "apiAddress", ":9997"),
    Opening("metrics", False, "metricsAddress", ":9998"),
    Opening("pprof", False, "pprofAddress", ":9999"),
    Opening("playback", False, "playbackAddress", ":9996"),
    Opening("webrtc", True, "webrtcLocalUDPAddress", ":8189", UDP),
    Opening("webrtc", True, "webrtcLocalTCPAddress", ""),
    Opening("srt", True, "srtAddress", ":8890", UDP),
)
UDP_OPENINGS = (
    Opening("rtsp", True, "rtpAddress", ":8000", UDP),
    Opening("rtsp", True, "rtcpAddress", ":8001", UDP),
)
"""Open only while rtspTransports has udp."""


@dataclass(frozen=True, slots=True)
class Listener:
    """An address that will be opened; *host* is empty for all."""

    key: str
    host: str
    port: int
    kind: str
    line: int


def parse_listeners(document: Document) -> tuple[Listener, ...]:
    """Every listener of the file; raises Refused for an address that cannot be one, or that two want."""
    transports = document.get("rtspTransports") or document.get("protocols")
    with_udp = "udp" in transports if isinstance(transports, list) else True
    openings = (*OPENINGS, *(UDP_OPENINGS if with_udp else ()))
    found = tuple(_listener(document, opening) for opening in openings if _is_open(document, opening))
    for one, other in itertools.combinations(found, 2):
        if (one.port, one.kind) == (other.port, other.kind) and _hosts_meet(one.host, other.host):
            line = max(one.line, other.line)
            raise Refused(line, f"{one.key} and {other.key} are both on port {one.port}; give one another port")
    return found


def is_on(document: Document, switch: str, *, default: bool) -> bool:
    """Whether a switch is on, in the file or by *default*."""
    says = document.text(switch)
    return says.lower() in TRUE if says else default


def split_address(address: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``, ``[HOST]:PORT`` or ``:PORT``; raises ValueError with what it takes."""
    match = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([\w.-]*)):(\d{1,5})", address, re.ASCII)
    if not match or not 1 <= int(match[3]) <= 65535:
        raise ValueError("takes :PORT or ADDRESS:PORT, with a port from 1 to 65535")
    host = match[1] or match[2] or ""
    if match[1] or re.fullmatch(r"[\d.]+", host):
        _check_ip(host)
    return host, int(match[3])


def _check_ip(host: str) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(f"{host} is not an IP address") from None


def _hosts_meet(one: str, other: str) -> bool:
    everywhere = ("", "0.0.0.0", "::")
    return one == other or one in everywhere or other in everywhere


def _is_open(document: Document, opening: Opening) -> bool:
    return is_on(document, opening.switch, default=opening.is_on) and bool(_address(document, opening))


def _address(document: Document, opening: Opening) -> str:
    says = document.text(opening.key)
    is_blank = not says and document.is_bare(opening.key)
    return opening.default if is_blank or not document.has(opening.key) else says


def _listener(document: Document, opening: Opening) -> Listener:
    line = document.line(opening.key)
    try:
        host, port = split_address(_address(document, opening))
    except ValueError as error:
        raise Refused(line, f"{opening.key}: {error}") from None
    return Listener(opening.key, host, port, opening.kind, line)
