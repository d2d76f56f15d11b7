"""The encoder side of a stream: one encoder after the other, held while the server is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from audio_rtsp.encoder.diagnosis import EncoderDiagnosis, EncoderFault
from audio_rtsp.encoder.report import Report
from audio_rtsp.errors import AudioRtspError
from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.server.path import PathState
from audio_rtsp.supervision.condition import EncoderCondition
from audio_rtsp.supervision.encoder_run import EncoderRun
from audio_rtsp.supervision.outfit import Outfit
from audio_rtsp.supervision.policy import Cause
from audio_rtsp.supervision.rest import Rest
from audio_rtsp.supervision.sound import Sound
from audio_rtsp.supervision.start_failure import StartFailure, explain_start

GATE_LIMIT = 5.0
"""Seconds that one starting stream may keep others waiting."""
ONLINE_LIMIT = 30.0
ONLINE_LOOK = 0.05
OFFLINE_LIMIT = 10.0
"""Seconds that a moving encoder may be unknown to the server, and of what it sends without a byte that arrives."""
QUIET_LIMIT = 5.0
"""Seconds (two looks at the server) without a byte after which a path counts as dead."""

CAUSES = {EncoderFault.CANNOT_WORK: Cause.REFUSED, EncoderFault.SHORTAGE: Cause.SHORTAGE}
REFUSED = "ffmpeg refuses the settings; see: audio-rtsp config show --stream {} ({})"


class EncoderSide:
    """Keeps an encoder on ``sound`` between :meth:`open` and :meth:`close`."""

    def __init__(self, name: str, outfit: Outfit, rest: Rest, on_change: Callable[[], None]) -> None:
        self._name = name
        self._outfit = outfit
        self._rest = rest
        self._on_change = on_change
        self._sound: Sound | None = None
        self._opened = asyncio.Event()
        self._run: EncoderRun | None = None
        self._seen: PathState | None = None
        self._grew = self._online_at = 0.0
        self._mark = (0.0, 0.0)
        self._is_unheard = False
        self.condition = EncoderCondition.IDLE
        self.reason = ""
        self.restarts = 0
        self.argv: tuple[str, ...] = ()

    @property
    def pid(self) -> int | None:
        """The encoder's pid while it runs."""
        return self._run.pid if self._run else None

    @property
    def trouble(self) -> str:
        """Why nobody hears it, as far as this side knows."""
        if self.condition is EncoderCondition.ONLINE:
            return "the server gets no sound" if self._outfit.watch.is_up else "the server does not answer"
        return self.reason

    @property
    def is_unattended(self) -> bool:
        """Whether it shows a running encoder and there is none, or holds for a server that answers."""
        if self.condition is EncoderCondition.HOLDING:
            return self._outfit.watch.is_up
        return self.condition is EncoderCondition.ONLINE and self.pid is None

    @property
    def is_open(self) -> bool:
        """Whether there is sound to encode."""
        return self._opened.is_set()

    @property
    def report(self) -> Report:
        """What the running encoder last said."""
        return self._run.report if self._run else Report()

    @property
    def readers(self) -> int:
        """How many listen, as the server last said."""
        path = self._outfit.watch.paths.get(self._name)
        return path.readers if path else 0

    @property
    def is_heard(self) -> bool:
        """Whether there is an encoder, the server answers and has the path, and its bytes grow."""
        is_online = self.condition is EncoderCondition.ONLINE and self._outfit.watch.is_up
        return is_online and self.pid is not None and loop_time() - self._grew < QUIET_LIMIT

    def open(self, sound: Sound, argv: tuple[str, ...]) -> None:
        """Encode *sound* from now on."""
        self._sound, self.argv = sound, argv
        self._opened.set()

    def replace(self, argv: tuple[str, ...]) -> None:
        """Encode the same sound in another way; nothing when it is the same way."""
        if argv != self.argv and self._opened.is_set():
            self.argv = argv
            self._rest.tell_news()
            if self._run:
                self._run.swap()

    def restart(self) -> None:
        """End the running encoder; the next one follows at once."""
        if self._run:
            self._run.swap()

    async def close(self) -> None:
        """Encode nothing more; returns when the encoder is gone. It may drain a pipe whose writing ends are closed."""
        self._opened.clear()
        self._rest.tell_news()
        if self._run:
            await self._run.drain()

    async def run(self) -> None:
        """Encode for ever."""
        while True:
            if not self._opened.is_set():
                self._show(EncoderCondition.IDLE, "")
            await self._opened.wait()
            await self._until_server()
            if self._sound and self._opened.is_set():
                found, flowed = await self._encode(self._sound)
                if found and self._opened.is_set():
                    self.restarts += 1
                    await self._pause(found, flowed)

    def observe(self) -> None:
        """Look at the running encoder and at what the server says of it, twice a second."""
        if self._run is None:
            return
        self._run.observe()
        if self.condition is EncoderCondition.ONLINE:
            self._note(self._outfit.watch.paths.get(self._name))
            watch = self._outfit.watch
            self._is_unheard = not watch.is_up or loop_time() - self._grew > OFFLINE_LIMIT
            if not watch.is_up:
                self._mark_sent()
            elif watch.answered_at - self._online_at > OFFLINE_LIMIT:
                self._run.give_up("the server does not have it")
            elif self._sent_in_vain > OFFLINE_LIMIT:
                self._run.give_up("nothing of what it sends arrives at the server")

    def _note(self, path: PathState | None) -> None:
        """A path whose bytes differ from the last look moves; fewer bytes mean a new session (MediaMTX)."""
        if path and path.is_online:
            self._online_at = loop_time()
            if self._seen is None or (path.since, path.inbound_bytes) != (self._seen.since, self._seen.inbound_bytes):
                self._note_growth(path)

    def _note_growth(self, path: PathState) -> None:
        self._seen, self._grew = path, loop_time()
        self._mark_sent()
        if self._sound:
            self._sound.note_heard()

    def _mark_sent(self) -> None:
        self._mark = (loop_time(), self.report.output_seconds or 0.0)

    @property
    def _sent_in_vain(self) -> float:
        """Seconds of sound, and of time, since something arrived: what comes late is sent faster than it sounds."""
        since, sent = self._mark
        return min(self._outfit.watch.answered_at - since, (self.report.output_seconds or 0.0) - sent)

    async def _until_server(self) -> None:
        if not self._outfit.watch.is_up:
            self._show(EncoderCondition.HOLDING, "the server is away")
            await self._outfit.watch.wait_up()

    async def _encode(self, sound: Sound) -> tuple[EncoderDiagnosis | StartFailure | None, float]:
        """One encoder from start to end: why it ended (None: we swapped it), and how long it was online."""
        self._seen = self._outfit.watch.paths.get(self._name)
        self._show(EncoderCondition.STARTING, "connecting")
        async with self._outfit.gate:
            if sound is not self._sound or not self._opened.is_set():
                return None, 0.0  # it ended while others had their turn
            try:
                self._run = run = EncoderRun(self.argv, sound, partial(self._outfit.hear, self._name))
            except (AudioRtspError, OSError) as error:
                return explain_start(error), 0.0
            over = asyncio.ensure_future(run.until_over())
            try:
                await self._until_online(run, over, GATE_LIMIT)
            except asyncio.CancelledError:
                await self._end(run, over)
                raise
        began = loop_time()
        try:
            while self.condition is EncoderCondition.STARTING and not over.done():
                await self._until_online(run, over, ONLINE_LIMIT)
                if self.condition is EncoderCondition.STARTING and self._outfit.watch.is_up:
                    run.give_up("the server gets no sound from it")
            began = loop_time()
            await over
        finally:
            await self._end(run, over)
        return None if run.is_swapped else run.verdict(), loop_time() - began

    async def _end(self, run: EncoderRun, over: asyncio.Future[None]) -> None:
        over.cancel()
        await run.end()
        self._run = None
        if self._is_unheard and self._sound:
            self._sound.forfeit_unheard()
        self._is_unheard = False

    async def _until_online(self, run: EncoderRun, over: asyncio.Future[None], limit: float) -> None:
        """Return when the first bytes of this encoder are at the server, when it ended, or after *limit*.

        A session is new by its time, or, on a server that keeps the path through a change, by the encoder's output.
        """
        end = loop_time() + limit
        with self._outfit.watch.hurry():
            while loop_time() < end and not over.done() and self.condition is not EncoderCondition.ONLINE:
                run.listen()
                path = self._outfit.watch.paths.get(self._name)
                is_new = path and (self._seen is None or path.since != self._seen.since or run.has_output)
                if path and path.is_online and is_new and path.inbound_bytes:
                    self._online_at = loop_time()
                    self._note_growth(path)
                    self._show(EncoderCondition.ONLINE, "")
                    return
                await asyncio.wait([over], timeout=ONLINE_LOOK)

    async def _pause(self, found: EncoderDiagnosis | StartFailure, flowed: float) -> None:
        cause = await self._cause(found)
        wait = self._rest.decide(cause, flowed)
        if cause is Cause.SERVER_AWAY:
            return
        condition, reason = EncoderCondition.COOLDOWN if wait.is_cooldown else EncoderCondition.BACKOFF, found.line
        if cause is Cause.REFUSED:
            condition, reason = EncoderCondition.REFUSED, REFUSED.format(self._name, found.line)
        if wait.seconds != 0.0:
            self._show(condition, reason)
            await self._rest.wait(wait.seconds)

    async def _cause(self, found: EncoderDiagnosis | StartFailure) -> Cause:
        """Trouble with the connection is the server's when it does not answer now."""
        if isinstance(found, StartFailure):
            return found.cause
        if found.fault in (EncoderFault.SERVER_AWAY, EncoderFault.SERVER_CLOSED):
            return Cause.UNEXPLAINED if await self._outfit.watch.check() else Cause.SERVER_AWAY
        return CAUSES.get(found.fault, Cause.UNEXPLAINED)

    def _show(self, condition: EncoderCondition, reason: str) -> None:
        self.condition, self.reason = condition, reason
        self._on_change()
