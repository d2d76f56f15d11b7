"""One encoder from its start to its end: what it reports, whether it moves, why it ended."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from audio_rtsp.encoder.diagnosis import EncoderDiagnosis, EncoderFault, diagnose, telling
from audio_rtsp.encoder.report import Report
from audio_rtsp.facts.process import work_of
from audio_rtsp.host.child import Child
from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.supervision.sound import Sound

FIRST_OUTPUT_LIMIT = 30.0
"""Seconds before the first output (``dynaudnorm`` is silent for 16)."""
START_LIMIT = 12.0
"""Seconds until then in which it may read nothing while it works: a small board with every stream starting takes five
to load it from its card, and a start that is cut short only makes it slower.
"""
STUCK_LIMIT = 3.5
"""Seconds without movement afterwards, and at any time without work."""
DRAIN = 0.6
STOP = ((signal.SIGINT, 0.4),)
SWAP = ((signal.SIGTERM, 0.5),)
REMEMBERED_LINES = 30


class EncoderRun:
    """A running ffmpeg that reads from ``sound.pipe``; *hear* gets what it complains of."""

    def __init__(self, argv: tuple[str, ...], sound: Sound, hear: Callable[[str], object]) -> None:
        self._sound = sound
        self._hear = hear
        self._words: list[str] = []
        self._over = asyncio.Event()
        self._consumed_at = self._mute_since = self._worked_at = loop_time()
        self._work: tuple[int, ...] = ()
        self._consumed = sound.taken_bytes
        self._given_up = ""
        self.is_swapped = False
        self.report = Report()
        self._child = Child.start(argv, stdin=sound.pipe.reading_end)

    @property
    def pid(self) -> int | None:
        """Its pid while it runs."""
        return self._child.pid if self._child.is_running else None

    @property
    def has_output(self) -> bool:
        """Whether coded sound has left it."""
        return bool(self.report.output_seconds)

    def observe(self) -> None:
        """Take its reports, and give it up when it does not move: an encoder that empties its pipe is alive."""
        self.listen()
        now, consumed = loop_time(), self._sound.taken_bytes
        is_fed = consumed > self._consumed
        self._consumed = max(consumed, self._consumed)
        if is_fed or self._sound.pipe.backlog < self._sound.pcm.period_bytes:
            self._consumed_at = now
        if not is_fed:
            self._mute_since = now
        if not self.has_output:
            self._note_work(now)
        if self._stands_still(now):
            self.give_up("it does not move")

    async def until_over(self) -> None:
        """Return when it has ended, or somebody gave it up."""
        await self._child.exited_or(self._over)

    def give_up(self, reason: str) -> None:
        """Let it be replaced."""
        self._given_up = self._given_up or reason
        self._over.set()

    def swap(self) -> None:
        """Let it be replaced by one with other settings; it may finish what it has read."""
        self.is_swapped = True
        self._over.set()

    async def drain(self) -> None:
        """Let it finish what waits: the pipe's writing ends are closed. Bounded."""
        self._hush()
        await asyncio.wait([self._child.exited], timeout=DRAIN)
        await self._child.stop(*STOP)

    async def end(self) -> None:
        """End it at once: what it has not read waits for the next."""
        self._hush()
        await self._child.stop(*(SWAP if self.is_swapped else ()))
        self.listen()
        self._child.close()

    def _hush(self) -> None:
        """What it says when we end it is no complaint."""
        if self._child.is_running:
            self.listen()
            self._hear = _nobody

    def verdict(self) -> EncoderDiagnosis:
        """Why it ended."""
        if self._given_up:
            return EncoderDiagnosis(fault=EncoderFault.UNEXPLAINED, line=self._given_up)
        found = diagnose(self._words)
        code = self._child.exited.result() if self._child.exited.done() else None
        line = found.line or f"the encoder ended by itself (exit status {code})"
        return EncoderDiagnosis(fault=found.fault, line=line)

    def _note_work(self, now: float) -> None:
        work = work_of(self._child.pid)
        if work != self._work:
            self._work, self._worked_at = work, now

    def _stands_still(self, now: float) -> bool:
        unread, mute = now - self._consumed_at, now - self._mute_since
        if self.has_output:
            return unread > STUCK_LIMIT or mute > STUCK_LIMIT
        may_not_read = START_LIMIT if now - self._worked_at < STUCK_LIMIT else STUCK_LIMIT
        return unread > may_not_read or mute > FIRST_OUTPUT_LIMIT

    def listen(self) -> None:
        """Take what it reports and what it says."""
        before = self.report.output_seconds
        if self._child.reports:
            self.report = self.report.updated(self._child.reports.take(), self._sound.pcm.full_scale)
        if self.report.output_seconds != before:
            self._mute_since = loop_time()
        lines = self._child.says.take_all()
        self._words = [*self._words, *lines][-REMEMBERED_LINES:]
        for line in telling(lines):
            self._hear(line)


def _nobody(line: str) -> None:
    """Nobody hears it."""
