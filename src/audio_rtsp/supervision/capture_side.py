"""The capture side of a stream: one capture after the other, and silence while there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from audio_rtsp.capture.diagnosis import CaptureFault
from audio_rtsp.encoder.codec import Encoding
from audio_rtsp.errors import AudioRtspError
from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.supervision.capture_run import NO_SOUND, CaptureRun
from audio_rtsp.supervision.condition import CaptureCondition
from audio_rtsp.supervision.policy import Cause
from audio_rtsp.supervision.rest import Rest
from audio_rtsp.supervision.sound import Sound
from audio_rtsp.supervision.source import Source
from audio_rtsp.supervision.start_failure import explain_start

STALL_LIMIT = 4.0
"""Seconds without a byte from a living capture."""
FILL_AFTER = 1.0
"""Seconds without a byte after which its buffer is over anyway, and silence takes its place."""
FILL_LOOK = 0.04
NEW_DEVICE = 3.0
"""Seconds after a device came in which it may not be ready yet: nodes without rights, half of its files."""
HOLDER_LOOK = 0.2
"""Seconds between looks at who holds a busy device: two small reads, and a listener waits for the last."""
UDEV_LAG = 1.0
"""Seconds in which the news that a device went follow the end of its capture."""


CONDITIONS = {
    Cause.ABSENT: CaptureCondition.ABSENT,
    Cause.NOT_READY: CaptureCondition.STARTING,
    Cause.REFUSED: CaptureCondition.REFUSED,
}
CAUSES = {
    CaptureFault.BUSY: Cause.BUSY,
    CaptureFault.GONE: Cause.UNEXPLAINED,
    CaptureFault.STALLED: Cause.STALLED,
    CaptureFault.WRONG_CARD: Cause.UNEXPLAINED,
    CaptureFault.REPLACED: Cause.REPLACED,
    CaptureFault.SHORTAGE: Cause.SHORTAGE,
    CaptureFault.NOT_ALLOWED: Cause.CANNOT_WORK,
    CaptureFault.CANNOT_WORK: Cause.REFUSED,
    CaptureFault.NOT_STARTED: Cause.NOT_STARTED,
    CaptureFault.UNEXPLAINED: Cause.UNEXPLAINED,
}
ABSENT = "waiting for its device"
REFUSED = "the device refuses this rate or channel count; set AUDIO_SAMPLE_RATE, AUDIO_CHANNELS ({})"
NOT_STARTED = "its driver cannot start it: try AUDIO_SAMPLE_RATE=48000, another USB port, an input in its mixer ({})"
HANGS = "its capture (pid {}) hangs in the kernel: pull its plug and put it back, else reboot"
EXPLAINED = {CaptureFault.CANNOT_WORK: REFUSED, CaptureFault.NOT_STARTED: NOT_STARTED}


class CaptureSide:
    """Keeps sound coming. *renew* gives the sound that fits a source, *discard* ends one that nothing came into,
    *on_change* hears when what it shows changed.
    """

    def __init__(
        self,
        rest: Rest,
        renew: Callable[[Source], Awaitable[Sound]],
        discard: Callable[[], Awaitable[None]],
        on_change: Callable[[], None],
        begin: Callable[[tuple[str, ...], Sound], CaptureRun] = CaptureRun,
    ) -> None:
        self._rest = rest
        self._renew = renew
        self._discard = discard
        self._on_change = on_change
        self._begin = begin
        self._source: Source | None = None
        self._source_since = 0.0
        self._run: CaptureRun | None = None
        self._last: tuple[Source, CaptureRun] | None = None
        self._sound: Sound | None = None
        self._past_overruns = 0
        self.lacking = asyncio.Event()
        self._lacking_since = 0.0
        self.condition = CaptureCondition.ABSENT
        self.reason = ABSENT
        self.restarts = 0
        self.argv: tuple[str, ...] = ()
        self.wants_usb_reset = False
        self.is_hopeful = True

    @property
    def pid(self) -> int | None:
        """The capture's pid while it runs."""
        return self._run.pid if self._run else None

    @property
    def has_source(self) -> bool:
        """Whether its device is there."""
        return self._source is not None

    @property
    def is_unattended(self) -> bool:
        """Whether it shows a running capture and there is none: for a moment at an end, else a bug."""
        return self.condition is CaptureCondition.FLOWING and self.pid is None

    @property
    def is_flowing(self) -> bool:
        """Whether sound comes in."""
        return self.condition is CaptureCondition.FLOWING and not self.lacking.is_set()

    @property
    def overruns(self) -> int:
        """How often the device lost sound because nobody read it in time."""
        return self._past_overruns + (self._run.overruns if self._run else 0)

    def set_source(self, source: Source | None) -> None:
        """Where sound comes from from now on; None = the device is not there. Ends a wait when it is another one."""
        if source == self._source:
            return
        if self._source is None:
            self._source_since = loop_time()
        self._source = source
        self._rest.tell_news()

    def renew_patience(self) -> None:
        """udev's event: the device may not be ready yet, as after it came."""
        self._source_since = loop_time()

    def fits(self, sound: Sound, encoding: Encoding, channels: int) -> bool:
        """Whether the running capture gives what *encoding* needs."""
        return self._source is None or self._source.choose(encoding, channels) == sound.pcm

    def restart(self, reason: str) -> None:
        """End the running capture; the next one follows at once."""
        if self._run:
            self.reason = reason
            self._run.give_up(CaptureFault.REPLACED, reason)

    async def run(self) -> None:
        """Capture for ever."""
        while True:
            source = self._source
            if source is None:
                await self._pause(Cause.ABSENT, ABSENT, 0.0)
                continue
            if hung := self._hung_pid(source):
                await self._pause(Cause.STALLED, HANGS.format(hung), 0.0)
                continue
            try:
                self._sound = sound = await self._renew(source)
            except OSError as error:
                failure = explain_start(error)
                await self._pause(failure.cause, failure.line, 0.0)
                continue
            cause, reason, flowed = await self._capture(source, sound)
            self.restarts += 1
            self.is_hopeful = flowed > 0.0
            if not sound.ledger.has_begun:
                await self._discard()
            if cause is Cause.BUSY:
                await self._until_free(source, reason)
            elif self._source is not None:
                await self._pause(cause, reason, flowed)

    def forget_sound(self) -> None:
        """The sound is to be closed: what runs on it is given up, and the next capture gets a new one."""
        self._sound = None
        self.lacking.clear()
        if self._run:
            self._run.give_up(CaptureFault.STALLED, "silent for too long")

    async def keep_filled(self, on_lack: Callable[[float], Awaitable[None]]) -> None:
        """Write silence while sound lacks; *on_lack* is told for how many seconds it has."""
        while True:
            await self.lacking.wait()
            if self._sound and not self._sounds_again():
                self._sound.fill(loop_time())
            await on_lack(loop_time() - self._lacking_since)
            await asyncio.sleep(FILL_LOOK)

    def observe(self) -> float:
        """Look at the running capture, twice a second; returns seconds of sound found lost."""
        if self._run is None or self._sound is None or self.condition is not CaptureCondition.FLOWING:
            return 0.0
        if self._run.count() or (self._run.is_blocked and not self.lacking.is_set()):  # our silence fills a pipe, too
            self._flows()
            return self._sound.ledger.observe(loop_time())
        self._judge_standstill(self._run)
        return 0.0

    async def _capture(self, source: Source, sound: Sound) -> tuple[Cause, str, float]:
        """One capture from start to end: the cause of its end, in words, and how long sound flowed."""
        self.argv = source.argv(sound.pcm)
        self._show(CaptureCondition.STARTING, "waiting for its first sound")
        try:
            self._run = run = self._begin(self.argv, sound)
        except (AudioRtspError, OSError) as error:
            failure = explain_start(error)
            return failure.cause, failure.line, 0.0
        began = loop_time()
        try:
            if await run.until_first_sound(source.is_there) and self._is_right_card(source, run):
                began = loop_time()
                self._flows()
                self._show(CaptureCondition.FLOWING, "")
                await run.until_over()
        finally:
            flowed = loop_time() - began if self.condition is CaptureCondition.FLOWING else 0.0
            self._lacks(loop_time())
            await run.end()
            self._past_overruns += run.overruns
            self._run, self._last = None, (source, run)
        return (*await self._verdict(run), flowed)

    def _hung_pid(self, source: Source) -> int | None:
        """Of the last capture, when not even KILL ended it: whoever opens the same device would hang beside it."""
        before, run = self._last or (None, None)
        return run.pid if run and before == source else None

    def _is_right_card(self, source: Source, run: CaptureRun) -> bool:
        if run.pid is not None and source.is_held_by(run.pid) is False:
            run.give_up(CaptureFault.WRONG_CARD, "another card answers under this id")
            return False
        return True

    def _sounds_again(self) -> bool:
        """Whether sound came since the last look: no silence is written into it. A new capture's is judged first."""
        if self._run is None or not self._run.count():
            return False
        if self.condition is CaptureCondition.FLOWING:
            self._flows()
        return True

    def _flows(self) -> None:
        """Sound comes (again): what is still missing is filled, and filling ends."""
        if self.lacking.is_set() and self._sound:
            self._sound.splice(loop_time())
            self.lacking.clear()
            self._on_change()

    def _judge_standstill(self, run: CaptureRun) -> None:
        still = loop_time() - run.moved
        if still > FILL_AFTER:
            self._lacks(run.moved)
        if still > STALL_LIMIT:
            run.give_up(CaptureFault.STALLED, NO_SOUND)

    def _lacks(self, since: float) -> None:
        if self._sound and self._sound.ledger.has_begun and not self.lacking.is_set():
            self._lacking_since = since
            self.lacking.set()
            self._on_change()

    async def _verdict(self, run: CaptureRun) -> tuple[Cause, str]:
        fault, words = run.verdict()
        if fault is CaptureFault.GONE and self._source is not None:
            await self._rest.wait(UDEV_LAG if not self._is_new_device() else 0.0)
        if self._source is None:
            return Cause.ABSENT, ABSENT
        if self._is_new_device() and fault in (CaptureFault.GONE, CaptureFault.NOT_ALLOWED):
            return Cause.NOT_READY, words
        obstacle = self._source.obstacle()
        if obstacle and fault in (CaptureFault.GONE, CaptureFault.NOT_ALLOWED, CaptureFault.UNEXPLAINED):
            return Cause.CANNOT_WORK, obstacle
        return CAUSES[fault], EXPLAINED.get(fault, "{}").format(words)

    def _is_new_device(self) -> bool:
        return loop_time() - self._source_since < NEW_DEVICE

    async def _until_free(self, source: Source, reason: str) -> None:
        """Look at the PCM's status until it closes; where the kernel shows no holder, try again after a while."""
        wait = self._rest.decide(Cause.BUSY, 0.0)
        while source is self._source:
            holder = source.holder()
            self._show(CaptureCondition.BUSY, holder or reason)
            await self._rest.wait(HOLDER_LOOK if holder else wait.seconds)
            if not source.holder():
                self.is_hopeful = bool(holder)
                return

    async def _pause(self, cause: Cause, reason: str, flowed: float) -> None:
        wait = self._rest.decide(cause, flowed)
        self.wants_usb_reset = wait.wants_usb_reset
        other = CaptureCondition.COOLDOWN if wait.is_cooldown else CaptureCondition.BACKOFF
        if wait.seconds != 0.0:
            self._show(CONDITIONS.get(cause, other), reason)
            await self._rest.wait(wait.seconds)

    def _show(self, condition: CaptureCondition, reason: str) -> None:
        self.condition, self.reason = condition, reason
        self._on_change()
