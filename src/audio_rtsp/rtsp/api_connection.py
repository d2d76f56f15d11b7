"""One HTTP/1.1 connection of the API; kept open between requests."""

from __future__ import annotations

import asyncio

from .api import Api
from .connection import Connection
from .framing import Frame
from .limits import Limits
from .message import BadMessage, Request, Response, render_response
from .path import Loop


class ApiConnection(Connection):
    """``others`` is the set of all; when it is full, who has been silent longest makes way."""

    def __init__(self, api: Api, limits: Limits, loop: Loop, others: set[ApiConnection]) -> None:
        super().__init__(limits, loop)
        self._api, self._others = api, others

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if len(self._others) >= self._limits.api_connections:
            min(self._others, key=lambda other: other.since).abort()
        self._others.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._others.discard(self)

    def abort(self) -> None:
        self._others.discard(self)
        super().abort()

    def _take(self, item: Request | Frame, now: float) -> None:
        if not isinstance(item, Request) or not item.version.startswith("HTTP/1."):
            raise BadMessage("no HTTP/1 request")
        wish = item.header("Connection").lower()
        is_last = wish == "close" or (item.version == "HTTP/1.0" and wish != "keep-alive")
        self._write(self._api.answer(item), "close" if is_last else "keep-alive")
        if is_last:
            self._transport.close()

    def _refuse(self, status: int) -> None:
        self._write(Response(status=status), "close")

    def _write(self, response: Response, connection: str) -> None:
        headers = (*response.headers, ("Connection", connection))
        whole = Response(status=response.status, headers=headers, body=response.body)
        self._transport.write(render_response(whole, "HTTP/1.1"))
