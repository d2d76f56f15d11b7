"""A TCP byte stream cut into requests and interleaved frames (RFC 2326 section 10.12)."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from .message import BadMessage, Request, parse_body_size, parse_head

_DOLLAR = 0x24


class Frame(NamedTuple):
    """One binary packet between messages."""

    channel: int
    payload: bytes


class Splitter:
    """Bytes in, items out; holds at most one unfinished item, whose size is bounded."""

    def __init__(self, *, head_bytes: int, body_bytes: int) -> None:
        self._head_bytes = head_bytes
        self._body_bytes = body_bytes
        self._buffer = bytearray()
        self._start = 0
        self._head: Request | None = None

    @property
    def is_partial(self) -> bool:
        """Whether an item has begun that is not whole."""
        return self._head is not None or len(self._buffer) > self._start

    def feed(self, data: bytes) -> None:
        """Take what arrived."""
        if self._start:
            del self._buffer[: self._start]
            self._start = 0
        self._buffer += data

    def pop(self) -> Request | Frame | None:
        """The next whole item; raises BadMessage at what is none."""
        if self._head is not None:
            return self._pop_body(self._head)
        while self._start < len(self._buffer):
            first = self._buffer[self._start]
            if first == _DOLLAR:
                return self._pop_frame()
            if first not in b"\r\n":
                return self._pop_message()
            self._start += 1
        return None

    def _pop_frame(self) -> Frame | None:
        buffer, start = self._buffer, self._start
        if len(buffer) < start + 4:
            return None
        end = start + 4 + (buffer[start + 2] << 8 | buffer[start + 3])
        if len(buffer) < end:
            return None
        self._start = end
        return Frame(buffer[start + 1], bytes(buffer[start + 4 : end]))

    def _pop_message(self) -> Request | None:
        head = self._pop_head()
        if head is None:
            return None
        request = parse_head(head)
        if parse_body_size(request) > self._body_bytes:
            raise BadMessage("body too large", 413)
        self._head = request
        return self._pop_body(request)

    def _pop_head(self) -> bytes | None:
        buffer, start = self._buffer, self._start
        if not 0x41 <= buffer[start] <= 0x5A:  # a method begins with a capital; a TLS hello or noise does not
            raise BadMessage("no RTSP")
        ends = [
            (at, len(gap))
            for gap in (b"\r\n\r\n", b"\n\n")
            if (at := buffer.find(gap, start, start + self._head_bytes)) >= 0
        ]
        if not ends:
            self._refuse_long_head()
            return None
        end, gap_bytes = min(ends)
        self._start = end + gap_bytes
        return bytes(buffer[start:end])

    def _refuse_long_head(self) -> None:
        if len(self._buffer) - self._start >= self._head_bytes:
            raise BadMessage("head too large", 413)

    def _pop_body(self, request: Request) -> Request | None:
        end = self._start + parse_body_size(request)
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[self._start : end])
        self._start, self._head = end, None
        return replace(request, body=body) if body else request
