"""The ports of an installed MediaMTX as the owner names them, and who writes them into its configuration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

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


class Configure(Protocol):
    """What the installer asks of whoever owns ``mediamtx.yml``."""

    def plan(self, ports: Ports) -> Iterable[str]:
        """What :meth:`apply` would do, a line each; raises AudioRtspError (a port is taken) before any change."""
        ...

    def apply(self, ports: Ports) -> Iterable[str]:
        """Write it and tell what was done; raises AudioRtspError with the old configuration in force."""
        ...
