"""What each judgement of sound rests on: lost and stale samples, and how busy guest and host were meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lab.machine.guest import Guest
from lab.machine.load import SATURATED, Ticks, load_between, parse_ticks
from lab.sound.counter import Counted

HOST_SATURATED = 0.98
"""QEMU's own threads get too little when the host has nothing left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """One judgement; loads are shares of all processors, *bus_losses* is how often
    sound was lost before it reached the guest."""

    lost_seconds: float = 0.0
    stale: int = 0
    load: float
    host_load: float
    bus_losses: int

    @property
    def is_saturated(self) -> bool:
        """Whether the machine, and not the program, may be what was heard."""
        return self.load > SATURATED or self.host_load > HOST_SATURATED or self.bus_losses > 0


@dataclass(slots=True)
class Evidence:
    """All judgements of one scenario."""

    hearings: list[Hearing] = field(default_factory=list)
    lost_seconds: float = 0.0
    stale: int = 0

    @property
    def load(self) -> float | None:
        """The busiest moment of the guest."""
        return max((hearing.load for hearing in self.hearings), default=None)

    @property
    def is_saturated(self) -> bool:
        """Whether any judgement says nothing."""
        return any(hearing.is_saturated for hearing in self.hearings)

    def add(self, counted: Counted) -> None:
        """What a recording of the pattern Count lost."""
        self.lost_seconds += counted.lost_seconds + counted.silent_seconds
        self.stale += counted.stale

    @contextlib.contextmanager
    def hearing(self, guest: Guest) -> Iterator[None]:
        """Watch the load of guest and host while the body listens, also when it fails."""
        guest_before, host_before = guest.ticks(), host_ticks()
        bus_losses = guest.bus_losses()
        try:
            yield
        finally:
            self.hearings.append(
                Hearing(
                    load=load_between(guest_before, guest.ticks()),
                    host_load=load_between(host_before, host_ticks()),
                    bus_losses=guest.bus_losses() - bus_losses,
                )
            )

    def explain(self) -> str:
        """One line for the report; empty where all was calm."""
        busy = [hearing for hearing in self.hearings if hearing.is_saturated]
        if not busy:
            return ""
        worst = max(busy, key=lambda hearing: (hearing.bus_losses, hearing.load))
        return (
            f"guest {worst.load:.0%}, host {worst.host_load:.0%} busy, sound lost on the bus {worst.bus_losses} times"
        )


HOST_STAT = Path("/proc/stat")


def host_ticks() -> Ticks:
    """Processor time of this host so far."""
    return parse_ticks(HOST_STAT.read_text())
