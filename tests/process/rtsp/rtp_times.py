"""What RTP time says over a fault: one more reader, which looks at packets instead of decoding them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from .rtsp_client import Client, play


@dataclass(slots=True)
class RtpTimes:
    """The packets of one track as (arrival, RTP time, sequence); *clock* in Hz."""

    clock: int
    packets: list[tuple[float, int, int]] = field(default_factory=list)

    def read(self, there: Client) -> None:
        """Until the connection ends."""
        with contextlib.suppress(OSError):
            while packet := there.packet():
                sequence, stamp = int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[4:8], "big")
                self.packets.append((time.monotonic(), stamp, sequence))

    def step_beyond_pause(self, since: float) -> float:
        """Over the longest pause after *since*: RTP time's step less that pause, in seconds."""
        here = [one for one in self.packets if one[0] >= since]
        before, after = max(pairwise(here), key=lambda pair: pair[1][0] - pair[0][0])
        return (after[1] - before[1]) % (1 << 32) / self.clock - (after[0] - before[0])

    def lead(self) -> float:
        """How much more RTP time than real time has gone by since the first packet, in seconds."""
        first, last = self.packets[0], self.packets[-1]
        return (last[1] - first[1]) % (1 << 32) / self.clock - (last[0] - first[0])

    @property
    def is_unbroken(self) -> bool:
        """Whether each sequence number follows the one before."""
        return all((after[2] - before[2]) % (1 << 16) == 1 for before, after in pairwise(self.packets))


@contextlib.contextmanager
def rtp_times(port: int, name: str, clock: int) -> Iterator[RtpTimes]:
    """A reader over TCP."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as opened:
        there, times = Client(opened, f"rtsp://127.0.0.1:{port}/{name}"), RtpTimes(clock)
        play(there)
        thread = threading.Thread(target=times.read, args=(there,))
        thread.start()
        try:
            yield times
        finally:
            opened.shutdown(socket.SHUT_RDWR)
            thread.join()
