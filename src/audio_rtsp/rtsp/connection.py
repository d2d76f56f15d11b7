"""A TCP connection that carries requests: cut, answered in order, a few in each turn of the loop."""

from __future__ import annotations

import asyncio

from .framing import Frame, Splitter
from .limits import Limits, plain_address
from .message import BadMessage, Request
from .outlet import Wire
from .path import Loop
from .session import make_id

ITEMS_PER_TURN = 16
"""Requests and frames of one connection before others have their turn: about 0.5 ms, 6 ms when each is the worst."""


class Connection(asyncio.Protocol):
    """What the RTSP and the API connections have in common; ``has_session`` lets it be silent for longer."""

    def __init__(self, limits: Limits, loop: Loop) -> None:
        self._limits, self._loop = limits, loop
        self._splitter = Splitter(head_bytes=limits.head_bytes, body_bytes=limits.body_bytes)
        self.since = loop.time()  # when it last said something
        self._has_spoken = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        peer = transport.get_extra_info("peername") or ("", 0)
        self._transport = transport
        self.wire = Wire(make_id(), peer, plain_address(peer[0]), transport.write, self._hang_up, self._limit_queue)
        self._limit_queue(self._limits.queue_bytes)

    def _limit_queue(self, size: int) -> None:
        self._transport.set_write_buffer_limits(high=size, low=size // 4)

    def connection_lost(self, _: Exception | None) -> None:
        self.wire.hang_up = self.wire.limit_queue = _do_nothing  # no cycle is left: memory waits for no collector

    def data_received(self, data: bytes) -> None:
        if not self._splitter.is_partial:
            self.since = self._loop.time()
        self._splitter.feed(data)
        self._pump()

    def pause_writing(self) -> None:
        """A slow client: its frames are dropped, its requests wait."""
        self.wire.blocked, self.wire.blocked_since = True, self._loop.time()
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self.wire.blocked = False
        self._go_on()

    @property
    def _is_listening(self) -> bool:
        return not self.wire.blocked and not self._transport.is_closing()

    def _go_on(self) -> None:
        """What was held back, then what comes."""
        if self._is_listening:
            self._transport.resume_reading()
            self._pump()

    def _pump(self) -> None:
        """Whole items, as many as this turn takes."""
        now = self._loop.time()
        try:
            for _ in range(ITEMS_PER_TURN):
                if not self._is_listening or (item := self._splitter.pop()) is None:
                    return
                self.since, self._has_spoken = now, True
                self._take(item, now)
        except BadMessage as bad:
            self._refuse(bad.status)
            self._transport.close()
            return
        self._transport.pause_reading()
        self._loop.call_later(0, self._go_on)

    def _take(self, item: Request | Frame, now: float) -> None:
        """One whole item; raises BadMessage."""
        raise NotImplementedError

    def _refuse(self, status: int) -> None:
        """The last answer, to what is no message."""
        raise NotImplementedError

    @property
    def has_session(self) -> bool:
        return False

    def check(self, now: float) -> None:
        """Called every second: hang up on who says nothing, half a thing, or takes nothing."""
        limits = self._limits
        if self.wire.blocked:
            is_overdue = now - self.wire.blocked_since > limits.idle_seconds
        elif self._splitter.is_partial or not self._has_spoken:
            is_overdue = now - self.since > limits.speak_seconds
        else:
            is_overdue = not self.has_session and now - self.since > limits.idle_seconds
        if is_overdue:
            self.abort()

    def abort(self) -> None:
        """Close without waiting for anything."""
        self._transport.abort()

    def _hang_up(self) -> None:
        """Close once what was written is sent; a client that takes nothing is cut off."""
        if self.wire.blocked:
            self._transport.abort()
        else:
            self._transport.close()


def _do_nothing(*_: object) -> None:
    """What is left to do for a connection that is closed."""
