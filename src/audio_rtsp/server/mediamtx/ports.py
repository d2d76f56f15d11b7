"""The ports of an installed MediaMTX as the owner names them."""

from __future__ import annotations

from dataclasses import dataclass

HIGHEST = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """TCP ports from 1 to 65535, 0 = off; None = not named: what is configured stays, else the default."""

    rtsp: int | None = None
    rtmp: int | None = None
    hls: int | None = None
    webrtc: int | None = None
    metrics: int | None = None


DEFAULT_PORTS = Ports(rtsp=18554, rtmp=11935, hls=18888, webrtc=18889, metrics=19999)
