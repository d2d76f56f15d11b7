"""A path: one publisher's media under a name, and those who read it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from .sdp import Description
from .session import Session
from .track import Track


class Loop(Protocol):
    """What we need of the event loop; it is the clock."""

    def time(self) -> float: ...
    def call_later(self, delay: float, callback: Callable[[], object], /) -> asyncio.TimerHandle: ...


class Path:
    """Keeps its readers for ``gap_seconds`` (asked when its publisher leaves); ``on_close`` forgets it."""

    def __init__(
        self,
        name: str,
        description: Description,
        tracks: tuple[Track, ...],
        *,
        loop: Loop,
        gap_seconds: Callable[[], float],
    ) -> None:
        self.name = name
        self.description = description
        self.tracks = tracks
        self.publisher: Session | None = None
        self.ready_time = 0.0
        self.inbound_bytes = self.frames_in_error = 0
        self.readers: list[Session] = []
        self.on_close: Callable[[Path], None] = lambda _: None
        self._waiting: list[Callable[[], None]] = []
        self._loop, self._gap_seconds = loop, gap_seconds
        self._is_closed = False
        self._gap: asyncio.TimerHandle | None = None

    @property
    def is_online(self) -> bool:
        return self.publisher is not None

    def adopt(self, publisher: Session, wall: float) -> None:
        """A publisher begins; one that was there goes. Byte counters begin again, as MediaMTX's do."""
        previous, self.publisher = self.publisher, publisher
        self._cancel_gap()
        if previous is not None and previous is not publisher:
            previous.expel()
        self.ready_time = wall
        self.inbound_bytes = self.frames_in_error = 0
        for track in self.tracks:
            track.delivered_bytes = 0
            track.timeline.change_publisher()
        self._wake()

    def abandon(self, publisher: Session) -> None:
        """A publisher leaves; its readers wait for the next one."""
        if self.publisher is not publisher:
            return
        self.flush()
        self.publisher = None
        if self._is_closed:
            return
        if seconds := self._gap_seconds():
            self._gap = self._loop.call_later(seconds, self.close)
        else:
            self.close()

    def take(self, index: int, packet: bytes, arrival: float) -> None:
        """A publisher's packet; sent at the next flush."""
        self.inbound_bytes += len(packet)
        if not self.tracks[index].take(packet, arrival):
            self.frames_in_error += 1

    def flush(self) -> None:
        for track in self.tracks:
            track.flush()

    def attach(self, reader: Session) -> None:
        self.readers.append(reader)

    def detach(self, reader: Session) -> None:
        if reader in self.readers:
            self.readers.remove(reader)

    @property
    def outbound_bytes(self) -> int:
        """To all readers since this publisher began."""
        return sum(track.delivered_bytes for track in self.tracks)

    def wait(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Be called once when a publisher is back or the path ends; the answer takes it back."""
        self._waiting.append(wake)
        return lambda: self._waiting.remove(wake) if wake in self._waiting else None

    def close(self) -> None:
        """The end: readers are told, and closed."""
        if self._is_closed:
            return
        self._is_closed = True
        self._cancel_gap()
        self.flush()
        self.on_close(self)
        for track in self.tracks:
            track.say_bye()
        for guest in (self.publisher, *self.readers):
            if guest is not None:
                guest.expel()
        self._wake()

    def _cancel_gap(self) -> None:
        if self._gap is not None:
            self._gap.cancel()
            self._gap = None

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()
