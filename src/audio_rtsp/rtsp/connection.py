"""One TCP connection of an RTSP client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .dialogue import Dialogue, Later
from .framing import Frame, Splitter
from .hub import Hub
from .limits import plain_address
from .message import BadMessage, Request, Response, render_response
from .outlet import Wire
from .publisher import Publisher
from .reader import Reader
from .session import make_id
from .transport import Lower


class Connection(asyncio.Protocol):
    """Cuts what arrives, hands it on, writes answers in order; ``others`` is the set of all connections."""

    def __init__(self, hub: Hub, others: set[Connection]) -> None:
        self._hub, self._others = hub, others
        self._splitter = Splitter(head_bytes=hub.limits.head_bytes, body_bytes=hub.limits.body_bytes)
        self._since = hub.loop.time()
        self._has_spoken = False
        self._take_back: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        peer = transport.get_extra_info("peername") or ("", 0)
        self._transport = transport
        self.wire = Wire(make_id(), peer, plain_address(peer[0]), transport.write, self._hang_up)
        self.dialogue = Dialogue(self._hub, self.wire)
        self._is_counted = self._hub.connection_census.enter(self.wire.address)
        if not self._is_counted:
            transport.abort()
            return
        queue_bytes = self._hub.limits.queue_bytes
        transport.set_write_buffer_limits(high=queue_bytes, low=queue_bytes // 4)
        self._others.add(self)

    def data_received(self, data: bytes) -> None:
        if not self._splitter.is_partial:
            self._since = self._hub.loop.time()
        self._splitter.feed(data)
        self._pump()

    def connection_lost(self, _: Exception | None) -> None:
        self._others.discard(self)
        self._forget_wait()
        if self._is_counted:
            self._hub.connection_census.leave(self.wire.address)
        session = self.dialogue.session
        if session is not None and session.wire is self.wire:
            self._leave(session)
        self.wire.hang_up = _do_nothing  # no cycle is left, so memory does not wait for the collector

    def _leave(self, session: object) -> None:
        """A reader by UDP may come back on another connection; everybody else has gone."""
        if isinstance(session, Reader) and session.lower is Lower.UDP and session.is_playing:
            session.wire = None
        elif isinstance(session, Reader | Publisher):
            session.close()

    def pause_writing(self) -> None:
        """A slow client: its frames are dropped, its requests wait."""
        self.wire.blocked, self.wire.blocked_since = True, self._hub.loop.time()
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self.wire.blocked = False
        self._go_on()

    def _go_on(self) -> None:
        """What was held back, then what comes."""
        if self._take_back is None and not self._transport.is_closing():
            self._transport.resume_reading()
            self._pump()

    def check(self, now: float) -> None:
        """Called every second: hang up on who says nothing, half a thing, or takes nothing."""
        if self._take_back is None and self._is_overdue(now):
            self._transport.abort()

    def _is_overdue(self, now: float) -> bool:
        limits = self._hub.limits
        if self.wire.blocked:
            return now - self.wire.blocked_since > limits.idle_seconds
        if self._splitter.is_partial or not self._has_spoken:
            return now - self._since > limits.speak_seconds
        return not self.dialogue.has_session and now - self._since > limits.idle_seconds

    @property
    def _is_listening(self) -> bool:
        return self._take_back is None and not self.wire.blocked and not self._transport.is_closing()

    def _pump(self) -> None:
        """All whole items; an answer that waits holds back what follows it."""
        now = self._hub.loop.time()
        try:
            while self._is_listening and (item := self._splitter.pop()) is not None:
                self._since, self._has_spoken = now, True
                self._take(item, now)
        except BadMessage as bad:
            self._write(Response(status=bad.status))
            self._transport.close()
        if isinstance(self.dialogue.session, Publisher):
            self.dialogue.session.flush()

    def _take(self, item: Request | Frame, now: float) -> None:
        if isinstance(item, Request):
            return self._answer(item)
        session = self.dialogue.session
        if isinstance(session, Publisher):
            session.take_frame(item.channel, item.payload, now)
        elif isinstance(session, Reader):
            session.hear(item.payload)
        return None

    def _answer(self, request: Request, *, is_last_try: bool = False) -> None:
        answer = self.dialogue.answer(request, is_last_try=is_last_try)
        if isinstance(answer, Later):
            return self._wait(answer, request)
        self._write(answer)
        if self.dialogue.is_over:
            self._transport.close()
        return None

    def _write(self, response: Response) -> None:
        self._transport.write(render_response(response))

    def _wait(self, later: Later, request: Request) -> None:
        """Ask again when the publisher is back or the time is up, and read nothing until then."""

        def ask_again() -> None:
            self._forget_wait()
            self._answer(request, is_last_try=True)
            self._go_on()

        timer = self._hub.loop.call_later(self._hub.limits.describe_seconds, ask_again)
        take_back = later.path.wait(ask_again)

        def give_up() -> None:
            timer.cancel()
            take_back()

        self._take_back = give_up
        self._transport.pause_reading()

    def _forget_wait(self) -> None:
        take_back, self._take_back = self._take_back, None
        if take_back is not None:
            take_back()

    def abort(self) -> None:
        """Close without waiting for anything."""
        self._transport.abort()

    def _hang_up(self) -> None:
        """Close once what was written is sent; a client that takes nothing is cut off."""
        if self.wire.blocked:
            self._transport.abort()
        else:
            self._transport.close()


def _do_nothing() -> None:
    """What is left to do for a connection that is closed."""
