"""The clock of a microphone: one packet a millisecond, written in small bursts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from lab.microphone.microphone import Mode
from lab.microphone.sound import Sound

BURST_SECONDS = 0.005
LATE_PACKETS = 100
"""QEMU buffers 60 ms of packets and throws as much away when it holds 120."""

Packets = list[tuple[int, int, bytes]]


class Pump(threading.Thread):
    """Writes until it is stopped or the port closes; paced by the monotonic clock, whatever the guest does."""

    def __init__(
        self,
        sound: Sound,
        endpoint: int,
        write: Callable[[Packets], None],
        mode: Callable[[], Mode],
    ) -> None:
        super().__init__(daemon=True, name=f"pump {endpoint:#x}")
        self.endpoint = endpoint
        self.late = 0
        self._sound = sound
        self._write = write
        self._mode = mode
        self._stopped = threading.Event()

    def stop(self) -> None:
        """No packet is written after this returns, but one burst may be on its way."""
        self._stopped.set()

    def run(self) -> None:
        """Until stopped."""
        begin = time.monotonic()
        sent = 0
        while not self._stopped.wait(BURST_SECONDS):
            due = int((time.monotonic() - begin) * 1000)
            self.late += due - sent > LATE_PACKETS
            try:
                self._write(self._packets(sent, due))
            except OSError:
                return
            sent = due

    def _packets(self, first: int, end: int) -> Packets:
        """The sound of a stalled microphone is not there; that of a mute one is zeros."""
        mode = self._mode()
        sounds = [self._sound.packet() for _ in range(first, end)]
        if mode in (Mode.STALL, Mode.STALL_UNTIL_RESET):
            return []
        if mode is Mode.MUTE:
            sounds = [bytes(len(sound)) for sound in sounds]
        return [(number & 0xFFFFFFFF, self.endpoint, sound) for number, sound in enumerate(sounds, first + 1)]
