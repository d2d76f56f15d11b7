"""RTSP messages as text and as values (RFC 2326 sections 4 to 7); HTTP/1.1 requests have the same grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass

_REQUEST_LINE = re.compile(r"([A-Z][A-Z_]{0,31}) ([!-~]{1,2048}) ((?:RTSP|HTTP)/[0-9]\.[0-9])")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_CSEQ = re.compile(r"[0-9]{1,10}")

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "RTSP Version Not Supported",
    551: "Option Not Supported",
}

Headers = tuple[tuple[str, str], ...]


class BadMessage(ValueError):
    """Bytes that are no message; ``status`` is what to answer before hanging up."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; header names are compared without case (RFC 2326 section 4.2)."""

    method: str
    uri: str
    version: str = "RTSP/1.0"
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """All headers of that name as one list (RFC 2068 section 4.2), or nothing."""
        wanted = name.lower()
        return ", ".join([value for key, value in self.headers if key.lower() == wanted])

    @property
    def sequence(self) -> str:
        """CSeq when it is one, else nothing: what we echo is always digits."""
        value = self.header("CSeq").strip()
        return value if _CSEQ.fullmatch(value) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer; Content-Length is written by render_response."""

    status: int
    headers: Headers = ()
    body: bytes = b""


def parse_head(head: bytes) -> Request:
    """Request line and headers, without the empty line that ends them."""
    first, *rest = head.decode("utf-8", "surrogateescape").replace("\r\n", "\n").split("\n")
    line = _REQUEST_LINE.fullmatch(first)
    if line is None:
        raise BadMessage("no request line")
    return Request(method=line[1], uri=line[2], version=line[3], headers=_parse_headers(rest))


def _parse_headers(lines: list[str]) -> Headers:
    fields = [_FIELD.fullmatch(line) for line in lines]
    if None in fields:
        raise BadMessage("a line that is no header")
    return tuple((field[1], field[2].rstrip(" \t")) for field in fields if field)


def parse_body_size(request: Request) -> int:
    """Content-Length in bytes; two that disagree are an attack, not a message."""
    values = {value for name, value in request.headers if name.lower() == "content-length"}
    if not values:
        return 0
    if len(values) > 1 or not (text := values.pop()).isascii() or not text.isdecimal() or len(text) > 9:
        raise BadMessage("Content-Length is no length")
    return int(text)


def render_response(response: Response, protocol: str = "RTSP/1.0") -> bytes:
    """Status line, headers, Content-Length (only with a body in RTSP, always in HTTP) and body."""
    lines = [f"{protocol} {response.status} {REASONS.get(response.status, 'Status')}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if response.body or protocol.startswith("HTTP"):
        lines.append(f"Content-Length: {len(response.body)}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + response.body
