"""An RTSP session (RFC 2326 section 3): what readers and publishers have in common."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from .message import Headers
from .outlet import Counts, Peer, Wire
from .target import Target
from .transport import Lower, Transport
from .udp_ports import Inlet, UdpPorts

MOST_CHANNELS = 256
State = Literal["idle", "read", "publish"]
"""As MediaMTX's API says it."""


def make_id() -> str:
    """A random UUID (RFC 9562 section 5.4), as MediaMTX names sessions."""
    raw = bytearray(os.urandom(16))
    raw[6], raw[8] = raw[6] & 0x0F | 0x40, raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Refused(Exception):
    """A request that is not granted; ``status`` and ``headers`` are the answer."""

    def __init__(self, status: int, headers: Headers = ()) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


@dataclass(slots=True, eq=False, kw_only=True)
class Session:
    """``target`` is what its first request asked for; ``heard`` is monotonic, ``created`` wall-clock time."""

    wire: Wire | None
    target: Target
    agent: str
    heard: float
    created: float
    udp: UdpPorts | None
    id: str = field(default_factory=make_id, init=False)
    address: str = field(init=False)
    lower: Lower | None = field(default=None, init=False)
    received: Counts = field(default_factory=Counts, init=False)
    control_received: int = field(default=0, init=False)
    on_close: Callable[[Session], None] = field(default=lambda _: None, init=False)
    is_closed: bool = field(default=False, init=False)
    _inlets: dict[Peer, Inlet] = field(default_factory=dict, init=False)
    _channels: set[int] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self.address = self.wire.address if self.wire else ""

    @property
    def state(self) -> State:
        return "idle"

    def touch(self, now: float) -> None:
        """A sign of life."""
        self.heard = max(self.heard, now)

    def choose(self, offers: tuple[Transport, ...]) -> Transport:
        """The first offer that can be had, with our side of it; all tracks of a session travel the same way."""
        for offer in offers:
            if self.lower in (None, offer.lower):
                if offer.lower is Lower.TCP:
                    return Transport(lower=Lower.TCP, channels=self._choose_channels(offer.channels))
                if self.udp is not None:
                    return replace(offer, server_ports=self.udp.ports)
        raise Refused(461)

    def _choose_channels(self, wanted: tuple[int, int] | None) -> tuple[int, int]:
        pairs = ((first, first + 1) for first in range(0, MOST_CHANNELS, 2))
        pair = next((pair for pair in (wanted, *pairs) if pair and not self._channels & set(pair)), None)
        if pair is None:
            raise Refused(461)
        self._channels |= set(pair)
        return pair

    def listen(self, ports: tuple[int, int] | None, rtp: Inlet, rtcp: Inlet) -> tuple[Peer, Peer]:
        """Hear a client's two ports from here on; they bear the name that its TCP socket has."""
        if ports is None or self.wire is None:
            raise Refused(461)
        host, scope = self.wire.peer[0], self.wire.peer[2:]
        return self._listen((host, ports[0], *scope), rtp), self._listen((host, ports[1], *scope), rtcp)

    def _listen(self, peer: Peer, inlet: Inlet) -> Peer:
        if peer not in self._inlets:  # RTP and RTCP may come from one port
            if self.udp is None or not self.udp.listen_to(peer, inlet):
                raise Refused(461)
            self._inlets[peer] = inlet
        return peer

    def close(self) -> None:
        """The session ends; its connection may go on."""
        if self.is_closed:
            return
        self.is_closed = True
        for peer, inlet in self._inlets.items():
            if self.udp is not None:
                self.udp.forget(peer, inlet)
        self._inlets.clear()
        self.leave()
        self.on_close(self)

    def expel(self) -> None:
        """The session ends, and its connection with it."""
        wire = self.wire
        self.close()
        if wire is not None:
            wire.hang_up()

    def leave(self) -> None:
        """Let go of the path."""
