"""As much of an RTSP client as a listener needs, over TCP interleaved (RFC 2326, 10.12)."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

ANSWER_LIMIT = 1.5
"""Seconds for any answer: what was asked while the guest boots, QEMU's network asks again only after six (its SYN)."""

SILENCE_LIMIT = 1.0
KEEP_ALIVE_SECONDS = 20.0
FORMAT = re.compile(r"^a=rtpmap:\d+ (?P<codec>[^/\s]+)/(?P<clock>\d+)(?:/(?P<channels>\d+))?", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response: status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: str


class Refused(Exception):
    """The server answered, but not with 200."""


class RtspClient:
    """One connection; packets come out of ``packets`` after ``play``."""

    def __init__(self, port: int, name: str) -> None:
        self.url = f"rtsp://127.0.0.1:{port}/{name}"
        self._socket = socket.create_connection(("127.0.0.1", port), ANSWER_LIMIT)
        self._pending = bytearray()
        self._number = 0
        self._session = ""

    def describe(self) -> str | None:
        """The SDP; None while there is no such stream."""
        reply = self._ask("DESCRIBE", self.url, "Accept: application/sdp")
        if reply.status == 404:
            return None
        self._base = reply.headers.get("content-base", self.url + "/")
        return _must(reply).body

    def play(self, sdp: str) -> None:
        """Set up the sound track and begin."""
        control = re.search(r"a=control:(\S+)", sdp.partition("m=audio")[2])
        track = control[1] if control else ""
        url = track if track.startswith("rtsp:") else f"{self._base.rstrip('/')}/{track}"
        reply = _must(self._ask("SETUP", url, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"))
        self._session = reply.headers["session"].partition(";")[0]
        _must(self._ask("PLAY", self._base, "Range: npt=0-"))

    def keep_alive(self) -> None:
        """Tell the server that we still listen; its answer is skipped among the packets."""
        self._send("GET_PARAMETER", self._base)

    def packets(self) -> Iterator[bytes | None]:
        """RTP packets; None when there was none for SILENCE_LIMIT."""
        self._socket.settimeout(SILENCE_LIMIT)
        while True:
            try:
                packet = self._next()
            except TimeoutError:
                packet = None
            yield packet

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _next(self) -> bytes | None:
        while True:
            self._fill(1)
            if self._pending[0] != ord("$"):
                self._reply()
                continue
            self._fill(4)
            channel, length = self._pending[1], int(struct.unpack_from(">H", self._pending, 2)[0])
            self._fill(4 + length)
            packet = bytes(self._pending[4 : 4 + length])
            del self._pending[: 4 + length]
            if channel == 0:
                return packet

    def _ask(self, method: str, url: str, *headers: str) -> Reply:
        self._send(method, url, *headers)
        while True:
            self._fill(1)
            if self._pending[0] != ord("$"):
                return self._reply()
            self._fill(4)
            length = int(struct.unpack_from(">H", self._pending, 2)[0])
            self._fill(4 + length)
            del self._pending[: 4 + length]

    def _send(self, method: str, url: str, *headers: str) -> None:
        self._number += 1
        own = [
            f"CSeq: {self._number}",
            "User-Agent: lab-ear",
            *([f"Session: {self._session}"] if self._session else []),
        ]
        self._socket.sendall("\r\n".join([f"{method} {url} RTSP/1.0", *own, *headers, "", ""]).encode())

    def _reply(self) -> Reply:
        while (end := self._pending.find(b"\r\n\r\n")) < 0:
            self._receive()
        first, *rest = bytes(self._pending[:end]).decode().split("\r\n")
        del self._pending[: end + 4]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        length = int(headers.get("content-length", "0"))
        self._fill(length)
        body = bytes(self._pending[:length]).decode()
        del self._pending[:length]
        return Reply(status=int(first.split()[1]), headers=headers, body=body)

    def _fill(self, size: int) -> None:
        while len(self._pending) < size:
            self._receive()

    def _receive(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise EOFError("the server closed the connection")
        self._pending += data


def _must(reply: Reply) -> Reply:
    if reply.status != 200:
        raise Refused(str(reply.status))
    return reply
