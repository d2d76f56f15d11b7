"""An RTSP client of a few lines, which says exactly what a test wants."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

from .child import ServerProcess

MP3_SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=t\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 0 RTP/AVP 14\r\na=control:streamid=0\r\n"
)
OPUS_SDP = MP3_SDP.replace(" 14\r\n", " 97\r\na=rtpmap:97 opus/48000/2\r\n")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def session(self) -> str:
        return self.headers["session"].partition(";")[0]


@dataclass(slots=True)
class Client:
    """One connection; interleaved frames that come between answers are kept."""

    socket: socket.socket
    base: str
    buffer: bytearray = field(default_factory=bytearray)
    frames: list[tuple[int, bytes]] = field(default_factory=list)
    sequence: int = 0
    session: str = ""

    def ask(self, method: str, uri: str = "", body: str = "", **headers: str) -> Answer:
        """Send and wait for the answer; underscores in names are hyphens."""
        self.send(method, uri, body, **headers)
        return self.answer()

    def send(self, method: str, uri: str = "", body: str = "", **headers: str) -> None:
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Session: {self.session}"] if self.session and "Session" not in headers else []
        lines += [f"Content-Length: {len(body)}"] if body else []
        self.send_lines(method, *lines, uri=uri, body=body)

    def send_lines(self, method: str, *headers: str, uri: str = "", body: str = "") -> None:
        """These headers and a CSeq, as they are."""
        self.sequence += 1
        lines = [f"{method} {self.base}{uri} RTSP/1.0", f"CSeq: {self.sequence}", *headers]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def answer(self) -> Answer:
        while (frame := self._pop_frame()) or b"\r\n\r\n" not in self.buffer:
            if not frame:
                self._read()
        head, _, rest = bytes(self.buffer).partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = int(headers.get("content-length", 0))
        self.buffer[:] = rest
        while len(self.buffer) < size:
            self._read()
        body = bytes(self.buffer[:size])
        del self.buffer[:size]
        answer = Answer(int(first.split()[1]), headers, body)
        if "session" in headers:
            self.session = answer.session
        return answer

    def frame(self) -> tuple[int, bytes]:
        """The next interleaved frame."""
        while not self.frames:
            if not self._pop_frame():
                self._read()
        return self.frames.pop(0)

    def packet(self) -> bytes:
        """The next RTP packet; RTCP is passed over."""
        while (frame := self.frame())[0] % 2:
            pass
        return frame[1]

    def push(self, packet: bytes, channel: int = 0) -> None:
        self.socket.sendall(b"$" + bytes((channel,)) + len(packet).to_bytes(2, "big") + packet)

    def is_closed(self) -> bool:
        """Whether the server hangs up; what comes before that is passed over."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass
        return True

    def _pop_frame(self) -> bool:
        if len(self.buffer) < 4 or self.buffer[0] != 0x24:
            return False
        end = 4 + int.from_bytes(self.buffer[2:4], "big")
        if len(self.buffer) < end:
            return False
        self.frames.append((self.buffer[1], bytes(self.buffer[4:end])))
        del self.buffer[:end]
        return True

    def _read(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server hung up")
        self.buffer += data


@contextlib.contextmanager
def client(server: ServerProcess, name: str = "t", host: str = "127.0.0.1") -> Iterator[Client]:
    with socket.create_connection((host, server.rtsp_port), timeout=10) as opened:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield Client(opened, server.url(name, f"[{host}]" if ":" in host else host))


def publish(there: Client, sdp: str = MP3_SDP) -> None:
    """ANNOUNCE, SETUP, RECORD."""
    assert there.ask("ANNOUNCE", body=sdp, Content_Type="application/sdp").status == 200
    assert there.ask("SETUP", "/streamid=0", Transport="RTP/AVP/TCP;unicast;interleaved=0-1;mode=record").status == 200
    assert there.ask("RECORD").status == 200


def play(there: Client, transport: str = "RTP/AVP/TCP;unicast;interleaved=0-1") -> Answer:
    """DESCRIBE, SETUP, PLAY; the answer is that of SETUP."""
    assert there.ask("DESCRIBE").status == 200
    answer = there.ask("SETUP", "/trackID=0", Transport=transport)
    assert answer.status == 200
    assert there.ask("PLAY").status == 200
    return answer


def mp3_packet(sequence: int, timestamp: int, *, ssrc: int = 7, offset: int = 0, payload: bytes = b"x" * 100) -> bytes:
    """An RTP packet of MPEG audio (RFC 2250)."""
    head = b"\x80\x0e" + sequence.to_bytes(2, "big") + timestamp.to_bytes(4, "big") + ssrc.to_bytes(4, "big")
    return head + b"\0\0" + offset.to_bytes(2, "big") + payload
