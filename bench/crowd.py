"""Many readers and their publisher in one process that does little else than empty sockets."""

from __future__ import annotations

import contextlib
import itertools
import select
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from process.rtsp.child import ServerProcess
from process.rtsp.rtsp_client import Client, client, mp3_packet, play, publish

PATH = "crowd"
FRAME_BYTES = 417
"""One frame of MP3 at 128 kbit/s and 44.1 kHz, one in each packet: the most packets that such a stream can have."""
FRAME_SECONDS = 1152 / 44100
PROBES = 10
"""Readers that are read at once, packet by packet, for their delay. The others are emptied and counted every now and
then, half way between two packets: waking us for each of theirs would be charged to the server, and delay others."""
PACKETS_AT_ONCE = 4
_STAMP = struct.Struct("!d")
_CLOCK = 90_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """*delays* in seconds from the publisher's send to a reader; *least* = the share that the poorest reader got."""

    delays: tuple[float, ...]
    least: float


@dataclass(slots=True)
class Ear:
    """One reader's socket; *got* counts bytes over TCP, packets over UDP."""

    socket: socket.socket
    is_probe: bool
    got: int = 0
    buffer: bytearray = field(default_factory=bytearray)


class Crowd:
    """A publisher and *count* readers of one path; nothing happens outside of :meth:`listen`."""

    def __init__(self, source: Client, ears: list[Ear]) -> None:
        self._source, self._ears = source, ears
        self._probes = {ear.socket.fileno(): ear for ear in ears if ear.is_probe}
        self._is_udp = any(ear.socket.type == socket.SOCK_DGRAM for ear in ears)
        self._numbers = itertools.count(1)
        self._delays: list[float] = []
        self._scrap = bytearray(1 << 16)
        self._epoll = select.epoll()
        for descriptor in self._probes:
            self._epoll.register(descriptor, select.EPOLLIN)

    def close(self) -> None:
        self._epoll.close()

    def listen(self, seconds: float) -> Heard:
        """Publish that long in real time, and a moment more for what is on its way."""
        self._delays.clear()
        for ear in self._ears:
            ear.got = 0
        sent = self._publish(seconds)
        self._read_until(time.monotonic() + 0.1)
        self._empty()
        each = 1 if self._is_udp else 4 + len(self._packet(0))
        return Heard(delays=tuple(self._delays), least=min(ear.got for ear in self._ears) / (sent * each))

    def _publish(self, seconds: float) -> int:
        start, sent = time.monotonic(), 0
        while (due := start + sent * FRAME_SECONDS) < start + seconds:
            self._read_until(due - FRAME_SECONDS / 2)
            if sent % PACKETS_AT_ONCE == 0:
                self._empty()
            self._read_until(due)
            self._source.push(self._packet(next(self._numbers)))
            sent += 1
        return sent

    def _packet(self, number: int) -> bytes:
        stamp = _STAMP.pack(time.monotonic())
        frame = b"\xff\xfb\x90\xc4" + bytes(FRAME_BYTES - 4 - len(stamp)) + stamp
        return mp3_packet(number % 65536, round(number * FRAME_SECONDS * _CLOCK), payload=frame)

    def _read_until(self, end: float) -> None:
        while (left := end - time.monotonic()) > 0:
            for descriptor, _ in self._epoll.poll(left):
                self._read(self._probes[descriptor])

    def _read(self, ear: Ear) -> None:
        """One read; what is left makes the socket ready again."""
        data = ear.socket.recv(1 << 16)
        ear.got += 1 if self._is_udp else len(data)
        self._take(ear, data)

    def _empty(self) -> None:
        """All that waits at the others; over TCP, MSG_TRUNC lets the kernel throw it away uncopied."""
        for ear in self._ears:
            if not ear.is_probe:
                with contextlib.suppress(BlockingIOError):
                    while size := ear.socket.recv_into(self._scrap, 0, socket.MSG_TRUNC):
                        ear.got += 1 if self._is_udp else size

    def _take(self, ear: Ear, data: bytes) -> None:
        now = time.monotonic()
        if self._is_udp:
            self._delays.append(now - _STAMP.unpack(data[-_STAMP.size :])[0])
            return
        ear.buffer += data
        while len(ear.buffer) >= 4 and len(ear.buffer) >= (end := 4 + int.from_bytes(ear.buffer[2:4], "big")):
            if not ear.buffer[1] % 2:
                self._delays.append(now - _STAMP.unpack(ear.buffer[end - _STAMP.size : end])[0])
            del ear.buffer[:end]


@contextlib.contextmanager
def crowd(server: ServerProcess, count: int, transport: str) -> Iterator[Crowd]:
    """All of them playing."""
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(client(server, PATH))
        publish(source)
        source.push(mp3_packet(0, 0))
        probes = set(range(0, count, max(1, count // PROBES)))
        ears = [Ear(_join(stack, server, transport), number in probes) for number in range(count)]
        made = Crowd(source, ears)
        stack.callback(made.close)
        yield made


def _join(stack: contextlib.ExitStack, server: ServerProcess, transport: str) -> socket.socket:
    reader = stack.enter_context(client(server, PATH))
    if transport == "TCP":
        play(reader)
        reader.socket.setblocking(False)
        return reader.socket
    rtp, rtcp = _port_pair()
    stack.enter_context(rtp)
    stack.enter_context(rtcp)
    first = rtp.getsockname()[1]
    play(reader, f"RTP/AVP;unicast;client_port={first}-{first + 1}")
    rtp.setblocking(False)
    return rtp


def _port_pair() -> tuple[socket.socket, socket.socket]:
    """An even port and the next."""
    while True:
        rtp, rtcp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        with contextlib.suppress(OSError):
            rtp.bind(("127.0.0.1", 0))
            number = rtp.getsockname()[1]
            if number % 2 == 0:
                rtcp.bind(("127.0.0.1", number + 1))
                return rtp, rtcp
        rtp.close()
        rtcp.close()
