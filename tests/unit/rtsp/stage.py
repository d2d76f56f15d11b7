"""A server without sockets, on a clock that jumps."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings

from audio_rtsp.rtsp.auth import Gate
from audio_rtsp.rtsp.directory import Directory
from audio_rtsp.rtsp.hub import Hub
from audio_rtsp.rtsp.limits import Limits
from audio_rtsp.rtsp.message import Request
from audio_rtsp.rtsp.rtsp_connection import RtspConnection
from audio_rtsp.rtsp.sweep import Sweep
from audio_rtsp.rtsp.wall_clock import WallClock

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine is shared
MP3_SDP = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=t\r\nt=0 0\r\nm=audio 0 RTP/AVP 14\r\na=control:streamid=0\r\n"
OPUS_SDP = MP3_SDP.replace(b" 14\r\n", b" 97\r\na=rtpmap:97 opus/48000/2\r\n")
L16_SDP = MP3_SDP.replace(b" 14\r\n", b" 97\r\na=rtpmap:97 L16/48000/2\r\n")


class JumpingLoop:
    """time() and call_later(); ``run`` lets time pass."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, Timer]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[..., object], *args: object) -> Any:
        timer = Timer(lambda: callback(*args))
        heapq.heappush(self._timers, (self.now + delay, next(self._order), timer))
        return timer

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self._timers and self._timers[0][0] <= end:
            self.now, _, timer = heapq.heappop(self._timers)
            timer.fire()
        self.now = end


class Timer:
    def __init__(self, callback: Callable[[], object]) -> None:
        self._callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self._callback = None

    def fire(self) -> None:
        if self._callback is not None:
            self._callback()


class Line(asyncio.Transport):
    """The client's end of a connection: what the server wrote, and whether it hung up."""

    def __init__(self, stage: Stage, peer: tuple[str, int]) -> None:
        super().__init__({"peername": peer})
        self._stage = stage
        self.written = bytearray()
        self.is_deaf = False
        self.unsent = 0
        self.reads = True
        self.closed = False
        self.protocol = RtspConnection(stage.hub, stage.connections)
        self.protocol.connection_made(self)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high = high or 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.closed:
            return
        if self.is_deaf:
            self.unsent += len(data)
            if self.unsent > self.high and not self.protocol.wire.blocked:
                self.protocol.pause_writing()
        else:
            self.written += data

    def hear_again(self) -> None:
        self.is_deaf, self.unsent = False, 0
        if self.protocol.wire.blocked:
            self.protocol.resume_writing()

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.protocol.connection_lost(None)

    def abort(self) -> None:
        self.close()

    def say(self, data: bytes) -> bytes:
        """Bytes to the server; its answer."""
        if not self.closed:
            self.protocol.data_received(data)
        return self.take()

    def take(self) -> bytes:
        answer = bytes(self.written)
        self.written.clear()
        return answer

    def ask(self, method: str, uri: str = "rtsp://h/t", body: bytes = b"", **headers: str) -> int:
        """The status; underscores in names are hyphens."""
        fields = [("CSeq", "1"), *((name.replace("_", "-"), value) for name, value in headers.items())]
        fields += [("Content-Length", str(len(body)))] if body else []
        answer = self.say(render_request(Request(method=method, uri=uri, headers=tuple(fields), body=body)))
        self.answer = answer.decode("latin-1")
        return int(answer.split()[1])

    @property
    def session(self) -> str:
        return self.answer.split("Session: ")[1].split(";")[0]

    def push(self, packet: bytes, channel: int = 0) -> bytes:
        return self.say(b"$" + bytes((channel,)) + len(packet).to_bytes(2, "big") + packet)


class Stage:
    """The server and its time."""

    def __init__(
        self, *, gap_seconds: float = 30.0, user: str = "", password: str = "", anywhere: bool = False, **limits: Any
    ) -> None:
        self.loop = JumpingLoop()
        self.step = 0.0
        self.connections: set[RtspConnection] = set()
        self.hub = Hub(
            limits=replace(Limits(), **limits),
            loop=self.loop,
            wall=lambda: self.loop.now + 1e9 + self.step,
            wall_clock=WallClock(self.loop.now, self.loop.now + 1e9),
            directory=Directory(self.loop, gap_seconds=gap_seconds),
            gate=Gate(user, password),
            udp=None,
            publish_from_anywhere=anywhere,
            started=0.0,
        )
        self.sweep = Sweep(self.hub, self.connections, set())
        self._ports = itertools.count(40_000)

    def connect(self, address: str = "127.0.0.1") -> Line:
        return Line(self, (address, next(self._ports)))

    def publisher(self, uri: str = "rtsp://h/t", sdp: bytes = MP3_SDP) -> Line:
        line = self.connect()
        assert line.ask("ANNOUNCE", uri, sdp, Content_Type="application/sdp") == 200
        assert line.ask("SETUP", f"{uri}/streamid=0", Transport="RTP/AVP/TCP;interleaved=0-1") == 200
        assert line.ask("RECORD", uri) == 200
        return line

    def reader(self, uri: str = "rtsp://h/t", address: str = "127.0.0.1") -> Line:
        line = self.connect(address)
        assert line.ask("SETUP", f"{uri}/trackID=0", Transport="RTP/AVP/TCP;interleaved=0-1") == 200
        assert line.ask("PLAY", uri) == 200
        return line


def render_request(request: Request) -> bytes:
    """As a client writes it."""
    head = [f"{request.method} {request.uri} {request.version}", *(f"{k}: {v}" for k, v in request.headers)]
    return "\r\n".join(head).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + request.body


def mp3_packet(sequence: int, timestamp: int, *, ssrc: int = 7, payload: bytes = b"x" * 100) -> bytes:
    head = b"\x80\x0e" + (sequence % 65536).to_bytes(2, "big") + (timestamp % 2**32).to_bytes(4, "big")
    return head + ssrc.to_bytes(4, "big") + b"\0\0\0\0" + payload
