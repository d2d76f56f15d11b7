"""One TCP connection of an RTSP client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .connection import Connection
from .dialogue import Dialogue, Later
from .framing import Frame
from .hub import Hub
from .message import Request, Response, render_response
from .publisher import Publisher
from .reader import Reader
from .transport import Lower


class RtspConnection(Connection):
    """``others`` is the set of all; one too many is closed at once."""

    def __init__(self, hub: Hub, others: set[RtspConnection]) -> None:
        super().__init__(hub.limits, hub.loop)
        self._hub, self._others = hub, others
        self._take_back: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.dialogue = Dialogue(self._hub, self.wire)
        if self._hub.connection_census.enter(self.wire.address):
            self._others.add(self)
        else:
            self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._forget_wait()
        if self in self._others:
            self._others.discard(self)
            self._hub.connection_census.leave(self.wire.address)
        session = self.dialogue.session
        if session is not None and session.wire is self.wire:
            self._leave(session)

    def _leave(self, session: object) -> None:
        """A reader by UDP may come back on another connection; everybody else has gone."""
        if isinstance(session, Reader) and session.lower is Lower.UDP and session.is_playing:
            session.wire = None
        elif isinstance(session, Reader | Publisher):
            session.close()

    @property
    def has_session(self) -> bool:
        return self.dialogue.has_session

    @property
    def _is_listening(self) -> bool:
        """An answer that waits holds back what follows it."""
        return self._take_back is None and super()._is_listening

    def check(self, now: float) -> None:
        if self._take_back is None:
            super().check(now)

    def _pump(self) -> None:
        super()._pump()
        if isinstance(self.dialogue.session, Publisher):
            self.dialogue.session.flush()

    def _take(self, item: Request | Frame, now: float) -> None:
        session = self.dialogue.session
        if isinstance(item, Request):
            self._answer(item)
        elif isinstance(session, Publisher):
            session.take_frame(item.channel, item.payload, now)
        elif isinstance(session, Reader):
            session.hear(item.payload)

    def _answer(self, request: Request, *, is_last_try: bool = False) -> None:
        answer = self.dialogue.answer(request, is_last_try=is_last_try)
        if isinstance(answer, Later):
            return self._wait(answer, request)
        self._transport.write(render_response(answer))
        if self.dialogue.is_over:
            self._transport.close()
        return None

    def _refuse(self, status: int) -> None:
        self._transport.write(render_response(Response(status=status)))

    def _wait(self, later: Later, request: Request) -> None:
        """Ask again when the publisher is back or the time is up, and read nothing until then."""

        def ask_again() -> None:
            self._forget_wait()
            self._answer(request, is_last_try=True)
            self._go_on()

        timer = self._loop.call_later(self._limits.describe_seconds, ask_again)
        forget = later.path.wait(ask_again)

        def take_back() -> None:
            timer.cancel()
            forget()

        self._take_back = take_back
        self._transport.pause_reading()

    def _forget_wait(self) -> None:
        take_back, self._take_back = self._take_back, None
        if take_back is not None:
            take_back()
