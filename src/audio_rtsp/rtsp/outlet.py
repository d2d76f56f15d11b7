"""Where one reader's share of one track goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

Peer = tuple[str | int, ...]


@dataclass(slots=True, eq=False)
class Wire:
    """A connection as those see it who write to it; ``peer`` is the socket's own name for the other end."""

    peer: Peer
    address: str
    write: Callable[[bytes], None]
    hang_up: Callable[[], None]
    id: str = ""
    blocked: bool = False  # more than the queue's bytes are unsent
    blocked_since: float = 0.0


@dataclass(slots=True)
class Counts:
    """Packets and their bytes."""

    packets: int = 0
    bytes: int = 0

    def add(self, packets: int, size: int) -> None:
        self.packets += packets
        self.bytes += size

    def plus(self, other: Counts) -> Counts:
        return Counts(self.packets + other.packets, self.bytes + other.bytes)

    def minus(self, other: Counts) -> Counts:
        return Counts(self.packets - other.packets, self.bytes - other.bytes)


class Datagrams(Protocol):
    """The UDP port pair."""

    def send(self, packet: bytes, peer: Peer) -> bool: ...
    def send_control(self, packet: bytes, peer: Peer) -> bool: ...


@dataclass(slots=True, eq=False)
class Interleaved:
    """Over the reader's own connection."""

    wire: Wire
    channel: int
    discarded: Counts = field(default_factory=Counts)
    joined: Counts = field(default_factory=Counts)
    sent: Counts = field(default_factory=Counts)

    def send_control(self, packet: bytes, framed: bytes) -> None:
        if not self.wire.blocked:
            self.wire.write(framed)


@dataclass(slots=True, eq=False)
class Datagram:
    """To the reader's ports."""

    port: Datagrams
    peer: Peer
    control_peer: Peer
    discarded: Counts = field(default_factory=Counts)
    joined: Counts = field(default_factory=Counts)
    sent: Counts = field(default_factory=Counts)

    def send_control(self, packet: bytes) -> None:
        self.port.send_control(packet, self.control_peer)


Outlet = Interleaved | Datagram
