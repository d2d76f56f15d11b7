"""Where one reader's share of one track goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

Peer = tuple[str | int, ...]


@dataclass(slots=True, eq=False)
class Wire:
    """A connection as those see it who write to it; ``peer`` is the socket's own name for the other end."""

    id: str
    peer: Peer
    address: str
    write: Callable[[bytes], None]
    hang_up: Callable[[], None]
    limit_queue: Callable[[int], None]
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


class Datagrams(Protocol):
    """The UDP port pair; false when the kernel does not take a packet."""

    def send(self, packet: bytes, peer: Peer) -> bool: ...
    def send_control(self, packet: bytes, peer: Peer) -> bool: ...


@dataclass(slots=True, eq=False)
class Interleaved:
    """Over the reader's own connection; reports go on the next channel."""

    wire: Wire
    channel: int
    sent: Counts = field(default_factory=Counts)
    discarded: int = 0


@dataclass(slots=True, eq=False)
class Datagram:
    """To the reader's ports."""

    port: Datagrams
    peer: Peer
    control_peer: Peer
    sent: Counts = field(default_factory=Counts)
    discarded: int = 0


Outlet = Interleaved | Datagram
