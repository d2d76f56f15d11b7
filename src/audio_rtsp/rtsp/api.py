"""The HTTP API on loopback, in the shape of MediaMTX v1.20.1; only ``gapseconds`` is our own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import parse_qs, unquote

from .hub import Hub
from .limits import LONGEST_GAP
from .message import Headers, Request, Response
from .report import Json, render_time, report_page, report_path, report_session
from .session import Session

_JSON: Headers = (("Content-Type", "application/json; charset=utf-8"),)
_OUR_NAMES = ("", "localhost", "127.0.0.1", "[::1]")
_PER_PAGE = 100


class NotServed(Exception):
    """A request without an answer but this status."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Api:
    """Requests in, answers out; knows no sockets."""

    def __init__(self, hub: Hub, version: str) -> None:
        self._hub, self._version = hub, version

    def answer(self, request: Request) -> Response:
        """Errors are JSON, too."""
        try:
            _refuse_web_page(request)
            return Response(status=200, headers=_JSON, body=_encode(self._route(request)))
        except NotServed as error:
            return Response(status=error.status, headers=_JSON, body=_encode({"status": "error", "error": str(error)}))

    def _route(self, request: Request) -> Json:
        location, _, query = request.uri.partition("?")
        match request.method, [unquote(part) for part in location.removeprefix("/").split("/")]:
            case "GET", ["v3", "info"]:
                return self._report_info()
            case "GET", ["v3", "paths", "list"]:
                return _page([report_path(path) for path in self._hub.directory.all()], query)
            case "GET", ["v3", "paths", "get", *name]:
                return self._get_path("/".join(name))
            case "GET", ["v3", "rtspsessions", "list"]:
                return _page([report_session(session) for session in self._hub.sessions.values()], query)
            case "GET", ["v3", "rtspsessions", "get", name]:
                return report_session(self._find_session(name))
            case "POST", ["v3", "rtspsessions", "kick", name]:
                self._find_session(name).expel()
                return {"status": "ok"}
            case "POST", ["v3", "gapseconds", text]:
                self._hub.directory.gap_seconds = _gap_seconds(text)
                return {"status": "ok"}
        raise NotServed(404, "not found")

    def _report_info(self) -> Json:
        started, gap_seconds = render_time(self._hub.started), self._hub.directory.gap_seconds
        return {"version": self._version, "started": started, "gapSeconds": gap_seconds}

    def _get_path(self, name: str) -> Json:
        path = self._hub.directory.find(name)
        if path is None:
            raise NotServed(404, "path not found")
        return report_path(path)

    def _find_session(self, name: str) -> Session:
        session = self._hub.sessions.get(name)
        if session is None:
            raise NotServed(404, "session not found")
        return session


def _refuse_web_page(request: Request) -> None:
    """A browser on this machine must not be led here by a page (DNS rebinding, cross-site POST)."""
    name = request.header("Host").rpartition(":")
    host = name[0] if name[2].isdecimal() else request.header("Host")
    if host.lower() not in _OUR_NAMES or request.header("Origin"):
        raise NotServed(403, "only for programs on this machine")


def _page(items: Sequence[Json], query: str) -> Json:
    fields = parse_qs(query)
    page, per_page = _number(fields, "page", 0), _number(fields, "itemsPerPage", _PER_PAGE)
    if per_page == 0:
        raise NotServed(400, "invalid items per page")
    return report_page(items, page=page, per_page=per_page)


def _number(fields: dict[str, list[str]], name: str, default: int) -> int:
    text = fields.get(name, [str(default)])[0]
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotServed(400, f"invalid {name}")
    return int(text)


def _gap_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise NotServed(400, "invalid seconds") from None
    if not 0 <= seconds <= LONGEST_GAP:
        raise NotServed(400, "invalid seconds")
    return seconds


def _encode(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
