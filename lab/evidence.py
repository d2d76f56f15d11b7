"""What each judgement of sound rests on: lost and stale samples, and how busy guest and host were meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lab.errors import LabError
from lab.host import host_ticks
from lab.machine.guest import Guest
from lab.machine.load import SATURATED, STARVED, Ticks, Work, load_between, waited_share
from lab.sound.counter import Counted

HOST_SATURATED = 0.98
"""QEMU's own threads get too little when the host has nothing left."""

HOST_BUSY = 0.7
"""Where the host is less so, nobody kept QEMU from running: the moments in which its threads waited for each other and
for the microphones are many, beside the little that a calm guest runs.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """One judgement; loads are shares of all processors, *bus_losses* is how often sound was lost before it reached
    the guest, *starvation* the share of QEMU's time without a processor. These two can make a judgement fail, never
    pass: they are no matter where all was well.
    """

    lost_seconds: float = 0.0
    stale: int = 0
    load: float
    host_load: float
    bus_losses: int
    starvation: float = 0.0
    has_failed: bool = True

    @property
    def is_saturated(self) -> bool:
        """Whether the machine, and not the program, may be what was heard."""
        is_spoilt = self.has_failed and (self.bus_losses > 0 or self.starvation > STARVED)
        return is_spoilt or self.load > SATURATED or self.host_load > HOST_SATURATED


@dataclass(frozen=True, slots=True)
class _Look:
    """What guest and host have done so far."""

    guest: Ticks
    host: Ticks
    work: Work
    bus_losses: int


def _look_at(guest: Guest) -> _Look:
    return _Look(guest.ticks(), host_ticks(), guest.work(), guest.bus_losses())


def _busiest(guest: Guest) -> str:
    """As in ``ffmpeg 31 s, python3 12 s``: what programs that still run have worked since the boot."""
    said = guest.check("ps -eo comm=,times= --sort=-times | head -3")
    return ", ".join(f"{' '.join(line.split())} s" for line in said.splitlines())


def _starvation(share: float, host_load: float) -> float:
    return share if host_load > HOST_BUSY else 0.0


@dataclass(slots=True)
class Evidence:
    """All judgements of one scenario."""

    hearings: list[Hearing] = field(default_factory=list)
    lost_seconds: float = 0.0
    stale: int = 0
    starvation: float = 0.0
    """Of the hungriest guest; noted when it ended."""

    life_load: float | None = None
    """Of the busiest guest, over all its time; None before one has ended."""

    busiest: str = ""
    """Who had that guest's processors."""

    _counts: int = 0
    _look: Callable[[], _Look] | None = None
    _last: _Look | None = None

    @property
    def load(self) -> float | None:
        """The busiest judgement, else the busiest guest."""
        return max((hearing.load for hearing in self.hearings), default=self.life_load)

    @property
    def has_counted(self) -> bool:
        """Whether any sample was compared."""
        return self._counts > 0

    @property
    def is_saturated(self) -> bool:
        """Whether any judgement says nothing, or a guest was busy all its time."""
        return (self.life_load or 0.0) > SATURATED or any(hearing.is_saturated for hearing in self.hearings)

    @property
    def is_starved(self) -> bool:
        """Whether a failure, of whatever kind, says nothing: the guest was kept from running."""
        return self.starvation > STARVED

    def set_aside_spoilt(self) -> bool:
        """Whether the last judgement said nothing; then it is forgotten, and its maker listens again."""
        if not self.hearings[-1].is_saturated:
            return False
        self.hearings.pop()
        return True

    def add(self, counted: Counted) -> None:
        """What a recording of the pattern Count lost."""
        self._counts += 1
        self.lost_seconds += counted.missing_seconds
        self.stale += counted.stale

    @contextlib.contextmanager
    def life(self, guest: Guest) -> Iterator[None]:
        """Watch *guest* for all its time, also when the body fails; a guest that no longer answers tells nothing."""
        before, host_before = guest.ticks(), host_ticks()
        try:
            yield
        finally:
            host_load = load_between(host_before, host_ticks())
            self.starvation = max(self.starvation, _starvation(waited_share(guest.work()), host_load))
            with contextlib.suppress(LabError):
                load = load_between(before, guest.ticks())
                if load > (self.life_load or 0.0):
                    self.life_load, self.busiest = load, _busiest(guest)

    @contextlib.contextmanager
    def hearing(self, guest: Guest) -> Iterator[None]:
        """Watch the load of guest and host while the body listens, also when it fails."""
        outer, self._look, self._last = (self._look, self._last), (lambda: _look_at(guest)), None
        before, has_failed = _look_at(guest), True
        try:
            yield
            has_failed = False
        finally:
            after = self._last or _look_at(guest)
            self._look, self._last = outer
            host_load = load_between(before.host, after.host)
            starvation = _starvation(waited_share(after.work, before.work), host_load)
            self.hearings.append(
                Hearing(
                    load=load_between(before.guest, after.guest),
                    host_load=host_load,
                    bus_losses=after.bus_losses - before.bus_losses,
                    starvation=starvation,
                    has_failed=has_failed,
                )
            )

    def sound_is_in(self) -> None:
        """What follows is judgement: what that takes of this host is no matter of what was heard."""
        if self._look:
            self._last = self._look()

    def explain(self) -> str:
        """One line for the report; empty where all was calm."""
        busy = [hearing for hearing in self.hearings if hearing.is_saturated]
        words = [self._explain_hearing(busy)] if busy else []
        words += [f"in the guest worked {self.busiest}"] if self.is_saturated and self.busiest else []
        words += [f"QEMU waited {self.starvation:.0%} of its time for this host"] if self.is_starved else []
        return "; ".join(words)

    def _explain_hearing(self, busy: list[Hearing]) -> str:
        worst = max(busy, key=lambda hearing: (hearing.bus_losses, hearing.load))
        loads = (
            f"guest {worst.load:.0%}, host {worst.host_load:.0%} busy, QEMU without {worst.starvation:.0%} of its time"
        )
        return f"{loads}, sound lost on the bus {worst.bus_losses} times"
