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
    """The UDP port pair; false when the kernel does not take a packet."""

    def send(self, packet: bytes, peer: Peer) -> bool: ...
    def send_control(self, packet: bytes, peer: Peer) -> bool: ...


@dataclass(slots=True, eq=False, kw_only=True)
class Tally:
    """What one outlet got; the track counts for all, so that a packet costs no counting for each reader."""

    is_fed: bool = False
    joined: Counts = field(default_factory=Counts)
    before: Counts = field(default_factory=Counts)
    discarded: Counts = field(default_factory=Counts)

    def join(self, offered: Counts) -> None:
        """Fed from here on; ``offered`` is what the track has sent so far."""
        self.is_fed, self.joined = True, offered.plus(Counts())

    def leave(self, offered: Counts) -> None:
        self.before, self.is_fed = self.before.plus(offered.minus(self.joined)), False

    def count_sent(self, offered: Counts) -> Counts:
        here = offered.minus(self.joined) if self.is_fed else Counts()
        return self.before.plus(here).minus(self.discarded)


@dataclass(slots=True, eq=False)
class Interleaved(Tally):
    """Over the reader's own connection; reports go on the next channel."""

    wire: Wire
    channel: int


@dataclass(slots=True, eq=False)
class Datagram(Tally):
    """To the reader's ports."""

    port: Datagrams
    peer: Peer
    control_peer: Peer


Outlet = Interleaved | Datagram
