"""One capture from its start to its end: what it wrote, when it last moved, why it ended."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from audio_rtsp.capture.diagnosis import CaptureFault, diagnose, overruns
from audio_rtsp.facts.process import WrittenBytes
from audio_rtsp.host.child import Child
from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.supervision.sound import Sound

FIRST_SOUND_LIMIT = 5.0
FIRST_SOUND_LOOK = 0.02
STOP = ((signal.SIGINT, 0.25), (signal.SIGTERM, 0.15))
"""arecord ends on the first; hanging in ``write`` it needs the second."""
REMEMBERED_LINES = 20
NO_SOUND = "the device gives no sound"
WENT = "its card went before its first sound"


def nobody(line: str) -> None:
    """Nobody hears it."""


class CaptureRun:
    """A running arecord (or tone generator) that writes into ``sound.pipe``; *hear* gets what it says."""

    def __init__(self, argv: tuple[str, ...], sound: Sound, hear: Callable[[str], object] = nobody) -> None:
        self._sound = sound
        self._hear = hear
        self._counted = 0
        self._words: list[str] = []
        self._given_up: tuple[CaptureFault, str] | None = None
        self._over = asyncio.Event()
        self.moved = loop_time()
        self.overruns = 0
        self._child = Child.start(argv, stdout=sound.pipe.writing_end, before_reap=self._count_last)
        self._written_bytes = WrittenBytes(self._child.pid)

    @property
    def pid(self) -> int | None:
        """Its pid while it runs."""
        return self._child.pid if self._child.is_running else None

    @property
    def is_blocked(self) -> bool:
        """Whether it cannot write because the pipe is full: then standing still is not its fault."""
        pipe = self._sound.pipe
        return pipe.is_full or pipe.capacity - pipe.backlog < self._sound.pcm.period_bytes

    def count(self) -> bool:
        """Note what it has written since the last time; whether there was anything."""
        if not self._child.is_running:
            return False  # its last word was taken before it was reaped
        new = self._written() - self._counted
        new -= new % self._sound.pcm.frame_bytes
        if new <= 0:
            return False
        self._counted += new
        self._sound.ledger.captured(new, loop_time())
        self.moved = loop_time()
        return True

    async def until_first_sound(self, is_there: Callable[[], bool]) -> bool:
        """True when sound came; False when it ended, stayed mute for five seconds, or what it shall open is not there:
        another card may have its number and its id already, and must not be opened for it.
        """
        end = loop_time() + FIRST_SOUND_LIMIT
        while loop_time() < end and not self._child.exited.done():
            await asyncio.wait([self._child.exited], timeout=FIRST_SOUND_LOOK)
            if not is_there():
                self.give_up(CaptureFault.GONE, WENT)
                return False
            if self.count() or self._counted:
                return True
        if self.is_blocked:
            return True
        if not self._child.exited.done():
            self.give_up(CaptureFault.STALLED, NO_SOUND)
        return False

    async def until_over(self) -> None:
        """Return when it has ended, or somebody gave it up."""
        await self._child.exited_or(self._over)

    def give_up(self, fault: CaptureFault, reason: str) -> None:
        """Let it be replaced."""
        self._given_up = fault, reason
        self._over.set()

    def listen(self) -> None:
        """Take what it said."""
        lines = self._child.says.take_all()
        self.overruns += overruns(lines)
        self._words = [*self._words, *lines][-REMEMBERED_LINES:]
        for line in lines:
            self._hear(line)

    async def end(self) -> None:
        """Stop it, bounded; one that was given up gets no time. What it says then is no complaint."""
        if self._child.is_running:
            self.listen()
            self._hear = nobody
        await self._child.stop(*(() if self._given_up else STOP))
        self.listen()
        self._written_bytes.close()
        self._child.close()

    def verdict(self) -> tuple[CaptureFault, str]:
        """Why it ended, and the words that show it."""
        if self._given_up:
            return self._given_up
        found = diagnose(self._words)
        code = self._child.exited.result() if self._child.exited.done() else None
        return found.fault, found.line or f"the capture ended by itself (exit status {code})"

    def _count_last(self, pid: int) -> None:
        self.count()
        self._sound.pipe.complete_frame(self._written())

    def _written(self) -> int:
        """Bytes of sound so far: all it wrote but its words, which are counted after the number was read, and at once:
        while they are taken more of them may come than sound.

        A kernel without accounting: the clock says what a living capture has written.
        """
        written, said = self._written_bytes.read(), self._child.says.bytes_said
        self.listen()
        if written is None:
            return self._counted + self._sound.pcm.whole_frames(loop_time() - self.moved)
        return written - said
