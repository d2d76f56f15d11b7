"""A session that publishes: ANNOUNCE, SETUP, RECORD, PAUSE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from .directory import Directory
from .path import Path
from .sdp import Description
from .session import Refused, Session, State
from .transport import Transport


@dataclass(slots=True, eq=False, kw_only=True)
class Publisher(Session):
    """``clock`` gives the monotonic time of a datagram's arrival."""

    description: Description
    clock: Callable[[], float]
    path: Path | None = field(default=None, init=False)
    recording_since: float = field(default=0.0, init=False)
    last_packet: float = field(default=0.0, init=False)
    _index_of: dict[int, int] = field(default_factory=dict, init=False)
    _ready: set[int] = field(default_factory=set, init=False)

    @property
    def state(self) -> State:
        return "publish" if self.path is not None else "idle"

    @property
    def controls(self) -> tuple[str, ...]:
        return tuple(media.control for media in self.description.medias)

    def setup(self, index: int, offers: tuple[Transport, ...]) -> Transport:
        """One of the announced tracks."""
        if self.path is not None or index in self._ready:
            raise Refused(455)
        chosen = self.choose(offers)
        if chosen.channels:
            self._index_of[chosen.channels[0]] = index
        else:
            self.listen(chosen.client_ports, partial(self._take_datagram, index), self._hear)
        self._ready.add(index)
        self.lower = chosen.lower
        return chosen

    def record(self, directory: Directory, wall: float) -> None:
        """The path is ours from here on; whoever had it is closed."""
        if len(self._ready) < len(self.description.medias):
            raise Refused(455)
        if self.path is None:
            self.recording_since, self.last_packet = self.clock(), 0.0
            self.path = directory.publish(self.target.path, self.description, self, wall)

    def pause(self) -> None:
        if self.path is None:
            raise Refused(455)
        self.leave()

    def take_frame(self, channel: int, packet: bytes, now: float) -> None:
        """An interleaved packet; RTCP (the next channel) ends here: readers get reports of our own."""
        index = self._index_of.get(channel)
        if index is None:
            self._hear(packet)
        elif self.path is not None:
            self._take(self.path, index, packet, now)

    def _take_datagram(self, index: int, packet: bytes) -> None:
        if self.path is not None:
            self._take(self.path, index, packet, self.clock())
            self.path.flush()

    def _take(self, path: Path, index: int, packet: bytes, now: float) -> None:
        self.last_packet = now
        self.received.add(1, len(packet))
        path.take(index, packet, now)

    def _hear(self, _: bytes) -> None:
        self.control_received += 1

    def flush(self) -> None:
        """All frames of one arrival have been taken."""
        if self.path is not None:
            self.path.flush()

    def leave(self) -> None:
        path, self.path = self.path, None
        if path is not None:
            path.abandon(self)
