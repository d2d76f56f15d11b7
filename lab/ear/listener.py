"""Somebody who wants to hear one stream and never gives up: waits for it, listens, comes back when it ends."""

from __future__ import annotations

import itertools
import struct
import threading
import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from lab.ear.rtsp import FORMAT, KEEP_ALIVE_SECONDS, Refused, RtspClient
from lab.sound.tone import is_audible

RETRY_SECONDS = 0.1
RTP_HEADER = 12
UNTIL_NOW = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One RTP packet; *at* is this host's monotonic clock."""

    at: float
    timestamp: int
    payload: bytes


class Listener(threading.Thread):
    """Listens until closed. ``sessions`` counts how often it had to begin."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__(daemon=True, name=f"listener of {name}")
        self.stream = name
        self.sessions = 0
        self.ends: list[str] = []
        self.codec = ""
        self.clock = 0
        self.channels = 1
        self.packets: list[Packet] = []
        self._port = port
        self._closed = threading.Event()
        self.start()

    def run(self) -> None:
        """One session after the other."""
        while not self._closed.is_set():
            try:
                self._session()
            except (OSError, EOFError, Refused) as error:
                if self.packets:
                    self.ends.append(f"{type(error).__name__}: {error}")
            self._closed.wait(RETRY_SECONDS)

    def close(self) -> None:
        """Stop listening."""
        self._closed.set()
        self.join(5)

    def until(self, is_so: Callable[[], object], seconds: float, what: str) -> float:
        """Wait; the monotonic time at which it was so. AssertionError after *seconds*."""
        end = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > end:
                heard = f"{len(self.packets)} packets, {self.sessions} sessions, ends {self.ends[-3:]}"
                raise AssertionError(f"{self.stream}: not {what} within {seconds:g} s ({heard})")
            time.sleep(0.02)
        return time.monotonic()

    def between(self, since: float = 0.0, until: float = UNTIL_NOW) -> list[Packet]:
        """The packets that arrived in that time."""
        packets = self.packets[bisect_left(self.packets, since, key=_arrival) :]
        return packets[: bisect_right(packets, until, key=_arrival)]

    def samples(self, since: float = 0.0, until: float = UNTIL_NOW, channel: int = 0) -> array[int]:
        """One channel of the uncompressed sound (L16, RFC 3551: whole frames a packet) that arrived in that time."""
        return _samples(b"".join(packet.payload for packet in self.between(since, until)))[channel :: self.channels]

    def pauses(self, longer_than: float, since: float = 0.0) -> list[float]:
        """Seconds between packets, where there were more than *longer_than*."""
        heard = self.between(since)
        waits = [two.at - one.at for one, two in itertools.pairwise(heard)]
        return [wait for wait in waits if wait > longer_than]

    def until_sound(
        self, seconds: float, since: float = 0.0, is_sound: Callable[[array[int]], bool] = is_audible
    ) -> float:
        """Wait for a packet of uncompressed sound that *is_sound* (of all channels) and came after *since*; when it
        arrived.

        Each packet is looked at once: the microphones of this process need the interpreter too.
        """
        looked = bisect_left(self.packets, since, key=_arrival)
        found: list[float] = []

        def is_there() -> bool:
            nonlocal looked
            while looked < len(self.packets) and not found:
                packet = self.packets[looked]
                looked += 1
                found.extend([packet.at] * is_sound(_samples(packet.payload)))
            return bool(found)

        self.until(is_there, seconds, "heard")
        return found[0]

    def _session(self) -> None:
        client = RtspClient(self._port, self.stream)
        try:
            sdp = client.describe()
            while sdp is None and not self._closed.wait(RETRY_SECONDS):
                sdp = client.describe()
            if sdp:
                self._note_format(sdp)
                client.play(sdp)
                self.sessions += 1
                self._listen(client)
        finally:
            client.close()

    def _listen(self, client: RtspClient) -> None:
        kept = time.monotonic()
        for packet in client.packets():
            now = time.monotonic()
            if self._closed.is_set():
                return
            if now - kept > KEEP_ALIVE_SECONDS:
                client.keep_alive()
                kept = now
            if packet:
                self.packets.append(_parse(packet, now))

    def _note_format(self, sdp: str) -> None:
        found = FORMAT.search(sdp)
        if found:
            self.codec, self.clock, self.channels = found["codec"], int(found["clock"]), int(found["channels"] or 1)


def _parse(packet: bytes, now: float) -> Packet:
    """RFC 3550, 5.1: sources that contributed lie between header and payload."""
    start = RTP_HEADER + 4 * (packet[0] & 0x0F)
    return Packet(at=now, timestamp=int(struct.unpack_from(">I", packet, 4)[0]), payload=packet[start:])


def _arrival(packet: Packet) -> float:
    return packet.at


def _samples(payload: bytes) -> array[int]:
    samples = array("h")
    samples.frombytes(payload[: len(payload) // 2 * 2])
    samples.byteswap()
    return samples
