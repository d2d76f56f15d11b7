"""One HTTP/1.1 connection of the API; kept open between requests."""

from __future__ import annotations

import asyncio

from .api import Api
from .framing import Splitter
from .limits import Limits
from .message import BadMessage, Request, Response, render_response


class ApiConnection(asyncio.Protocol):
    """``others`` is the set of all; when it is full, who has been silent longest makes way."""

    def __init__(self, api: Api, limits: Limits, others: set[ApiConnection]) -> None:
        self._api, self._limits, self._others = api, limits, others
        self._splitter = Splitter(head_bytes=limits.head_bytes, body_bytes=limits.body_bytes)
        self._since = asyncio.get_running_loop().time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if len(self._others) >= self._limits.api_connections:
            min(self._others, key=lambda other: other._since).abort()
        self._others.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._others.discard(self)

    def abort(self) -> None:
        """Close without waiting for anything."""
        self._others.discard(self)
        self._transport.abort()

    def pause_writing(self) -> None:
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def check(self, now: float) -> None:
        """Hang up on who has been silent for long, or says half a thing."""
        limit = self._limits.speak_seconds if self._splitter.is_partial else self._limits.idle_seconds
        if now - self._since > limit:
            self.abort()

    def data_received(self, data: bytes) -> None:
        if not self._splitter.is_partial:
            self._since = asyncio.get_running_loop().time()
        self._splitter.feed(data)
        try:
            while not self._transport.is_closing() and (item := self._splitter.pop()) is not None:
                if not isinstance(item, Request) or not item.version.startswith("HTTP/1."):
                    raise BadMessage("no HTTP/1 request")
                self._answer(item)
        except BadMessage as bad:
            self._write(Response(status=bad.status), is_last=True)

    def _answer(self, request: Request) -> None:
        wish = request.header("Connection").lower()
        is_last = wish == "close" or (request.version == "HTTP/1.0" and wish != "keep-alive")
        self._write(self._api.answer(request), is_last=is_last)

    def _write(self, response: Response, *, is_last: bool) -> None:
        headers = (*response.headers, ("Connection", "close" if is_last else "keep-alive"))
        self._transport.write(
            render_response(Response(status=response.status, headers=headers, body=response.body), "HTTP/1.1")
        )
        if is_last:
            self._transport.close()
