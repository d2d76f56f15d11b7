"""What one client, and all of them together, may use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

LONGEST_GAP = 86_400
"""Seconds that readers may be held without a publisher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes, times in seconds. Loopback counts in all, but not per address: it is our own machine."""

    head_bytes: int = 8_192
    body_bytes: int = 65_536
    speak_seconds: float = 10.0  # from connecting, or from an item's first byte, to its last
    idle_seconds: float = (
        60.0  # a connection without session; a session without a sign of life; a reader that takes nothing
    )
    orphan_seconds: float = 15.0  # a UDP session whose connection has gone
    first_packet_seconds: float = 30.0  # an encoder may be silent that long before its first packet
    packet_seconds: float = 10.0  # and that long after it
    describe_seconds: float = 2.0  # a DESCRIBE waits so long for a publisher that was there a moment ago
    queue_bytes: int = 131_072  # unsent bytes per connection, here and once more in the kernel: 8 s of MP3 each
    raw_queue_bytes: int = 1_048_576  # of uncompressed sound: the 5 s that a replaced encoder sends at once
    raw_queues: int = 128  # while so many readers are there, then each has the short one
    wrong_passwords: int = 5  # per connection
    paths: int = 1_000
    connections: int = 2_000
    connections_per_address: int = 128
    sessions: int = 2_000
    sessions_per_address: int = 128
    readers: int = 1_500
    readers_per_address: int = 100
    api_connections: int = 64


@dataclass(slots=True)
class Census:
    """Who is here, by address, of one kind."""

    most: int
    most_per_address: int
    here: Counter[str] = field(default_factory=Counter)
    total: int = 0

    def enter(self, address: str) -> bool:
        """Whether there is room; a yes is counted and must be followed by leave."""
        if self.total >= self.most or (not is_loopback(address) and self.here[address] >= self.most_per_address):
            return False
        self.here[address] += 1
        self.total += 1
        return True

    def leave(self, address: str) -> None:
        """One less; an address without any is forgotten."""
        self.total -= 1
        self.here[address] -= 1
        if self.here[address] <= 0:
            del self.here[address]


def is_loopback(address: str) -> bool:
    """127.0.0.0/8 and ::1, as plain_address writes them."""
    return address.startswith("127.") or address == "::1"


def plain_address(address: str) -> str:
    """An IPv4 peer of an IPv6 socket under its IPv4 name (RFC 4291 section 2.5.5.2)."""
    return address.removeprefix("::ffff:") if "." in address else address
