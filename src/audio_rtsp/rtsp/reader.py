"""A session that reads: SETUP, PLAY, PAUSE."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .outlet import Counts, Datagram, Interleaved, Outlet
from .path import Path
from .session import Refused, Session, State
from .transport import Transport
from .wall_clock import WallClock


@dataclass(slots=True, eq=False, kw_only=True)
class Reader(Session):
    """On the path from its first SETUP; fed between PLAY and PAUSE."""

    path: Path | None = field(default=None, init=False)
    is_playing: bool = field(default=False, init=False)
    is_counted: bool = field(default=False, init=False)  # among the hub's readers
    was_heard: bool = field(default=False, init=False)  # since the last sweep
    outlets: dict[int, Outlet] = field(default_factory=dict, init=False)

    @property
    def state(self) -> State:
        return "read" if self.is_playing else "idle"

    @property
    def is_raw(self) -> bool:
        """Whether it reads uncompressed sound."""
        return self.path is not None and any(self.path.tracks[index].media.codec.is_raw for index in self.outlets)

    def setup(self, path: Path, index: int, offers: tuple[Transport, ...]) -> Transport:
        """One more track; the answer is the transport with our side of it."""
        if self.is_playing or index in self.outlets or self.path not in (None, path):
            raise Refused(455)
        chosen = self.choose(offers)
        self.outlets[index] = self._open_outlet(chosen)
        self.lower = chosen.lower
        if self.path is None:
            self.path = path
            path.attach(self)
        return replace(chosen, ssrc=path.tracks[index].timeline.ssrc)

    def _open_outlet(self, chosen: Transport) -> Outlet:
        if chosen.channels and self.wire:
            return Interleaved(self.wire, chosen.channels[0])
        peers = self.listen(chosen.client_ports, self.hear, self.hear)
        assert self.udp is not None  # else the offer had not been chosen
        return Datagram(self.udp, *peers)

    def hear(self, _: bytes) -> None:
        """A receiver report, or a packet that opens a way through a NAT: the reader is alive."""
        self.control_received += 1
        self.was_heard = True

    def play(self) -> None:
        """Again is allowed, and does nothing."""
        if self.path is None or not self.outlets:
            raise Refused(455)
        if not self.is_playing:
            self.is_playing = True
            for index, outlet in self.outlets.items():
                self.path.tracks[index].add(outlet)

    def report(self, wall: WallClock, now: float) -> None:
        """The first sender report comes at once (RFC 6051 section 3.2): VLC begins anew when it has it."""
        if self.path is not None and self.is_playing:
            for index, outlet in self.outlets.items():
                self.path.tracks[index].report(wall, now, outlet)

    def pause(self) -> None:
        if self.path is None:
            raise Refused(455)
        if self.is_playing:
            self.is_playing = False
            for index, outlet in self.outlets.items():
                self.path.tracks[index].remove(outlet)

    def count_sent(self) -> Counts:
        """Over all tracks, since SETUP."""
        sent = [outlet.sent for outlet in self.outlets.values()]
        return Counts(sum(each.packets for each in sent), sum(each.bytes for each in sent))

    def count_discarded(self) -> int:
        return sum(outlet.discarded for outlet in self.outlets.values())

    def leave(self) -> None:
        if self.path is not None:
            self.pause()
            self.path.detach(self)
