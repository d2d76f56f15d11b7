"""A media server as a child of ours: started, watched, started again."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from audio_rtsp.errors import AudioRtspError, PortTaken, ServerFailed
from audio_rtsp.facts.ports import listener
from audio_rtsp.host.child import Child
from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.host.shortage import shortage
from audio_rtsp.server.api import ControlApi
from audio_rtsp.server.path import PathState
from audio_rtsp.server.patience import START_LIMIT, Patience
from audio_rtsp.server.protocol import ServerAway

PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each start again; a run of a minute begins anew."""
FORGIVEN_AFTER = 60.0
FIRST_TRIES = 3
STOP = ((signal.SIGINT, 1.0),)
DRAIN_PAUSE = 5.0
TAKEN = ("address already in use", "is taken by", "Address already in use")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCommand:
    """How a backend is run; *prepare* writes what it needs before each start.

    *gap_seconds* is how long it keeps readers without a publisher, from its start on (None: it knows no such thing).
    *greeting* begins its words while all is well; *luckless* stands in those of a start that another try may mend.
    """

    name: str
    rtsp_port: int
    api_port: int
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = lambda: None
    gap_seconds: float | None = None
    greeting: str | None = None
    luckless: str | None = None


class ServerChild:
    """A MediaServer that we run ourselves."""

    def __init__(self, command: ServerCommand) -> None:
        self._command = command
        self._api = ControlApi(command.api_port)
        self._child: Child | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._patience = Patience()
        self._heard_at = 0.0
        self._has_answered = False
        self._hung = asyncio.Event()
        self._obstacle = ""
        self._gap_seconds = command.gap_seconds
        self._replaced_for = ""
        self._failure_told = ""
        self.on_restart: Callable[[str], None] = lambda cause: None
        self.on_failure: Callable[[str], None] = lambda cause: None
        self.wanted_gap: Callable[[], float | None] = lambda: command.gap_seconds
        self.name = command.name
        self.rtsp_port = command.rtsp_port
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """The server's pid while it runs."""
        return self._child.pid if self._child and self._child.is_running else None

    async def start(self) -> None:
        """Start it and wait until its API answers; then keep it running."""
        for tries_left in reversed(range(FIRST_TRIES)):
            try:
                await self._try_to_start()
                break
            except ServerFailed as failure:
                luckless = self._command.luckless
                if not tries_left or luckless is None or luckless not in failure.what:
                    raise
        self._keeper = asyncio.create_task(self._keep(), name="server")

    async def _try_to_start(self) -> None:
        try:
            self._child = self._spawn()
        except OSError as error:
            raise ServerFailed(self.name, shortage(error) or str(error)) from None
        try:
            await self._until_it_answers(self._child)
        except BaseException:
            await self._child.stop()
            self._child.close()
            raise

    async def stop(self) -> None:
        """End it within a few seconds."""
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        if self._child:
            await self._child.stop(*STOP)
            self._child.close()

    async def paths(self) -> Mapping[str, PathState]:
        """All paths by name; raises ServerAway, with what keeps it from starting where that is known."""
        try:
            paths = await self._api.paths()
        except ServerAway as away:
            if away.is_unasked:
                self._heard_at = loop_time()
            raise ServerAway(self._obstacle or str(away)) from None
        self._heard_at, self._has_answered, self._obstacle, self._failure_told = loop_time(), True, "", ""
        if self._replaced_for:
            cause, self._replaced_for = self._replaced_for, ""
            self.on_restart(cause)
        await self._follow_gap()
        return paths

    async def _follow_gap(self) -> None:
        """Tell the running server what a reload changed; a word that did not arrive is said at the next look."""
        wanted = self.wanted_gap()
        if self._gap_seconds is not None and wanted is not None and wanted != self._gap_seconds:
            with contextlib.suppress(ServerAway):
                await self._api.hold(wanted)
                self._gap_seconds = wanted

    async def dismiss(self, path: str) -> None:
        """Let go of everybody who still reads a path that will not come back."""
        await self._api.dismiss(path)

    def judge_silence(self) -> None:
        """Let the keeper replace it when it lives and has been silent for too long."""
        now = loop_time()
        limit = self._patience.limit(has_answered=self._has_answered, now=now)
        if self.pid is not None and not self._hung.is_set() and now - self._heard_at > limit:
            self._patience.note_hang(now)
            self._hung.set()

    def _spawn(self) -> Child:
        self._command.prepare()
        child = Child.start(self._command.argv, env=self._command.env)
        self._heard_at, self._has_answered = loop_time(), False
        self._gap_seconds = self._command.gap_seconds
        self._hung.clear()
        return child

    async def _until_it_answers(self, child: Child) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + START_LIMIT
        while loop.time() < end:
            if child.exited.done():
                raise self._failure(_words(child))
            with contextlib.suppress(ServerAway):
                await self.paths()
                return
            await asyncio.wait([child.exited], timeout=0.02)
        raise ServerFailed(self.name, f"its API does not answer after {START_LIMIT:g} s")

    def _failure(self, words: Sequence[str]) -> AudioRtspError:
        if any(sign in line and str(self.rtsp_port) in line for line in words for sign in TAKEN):
            return PortTaken(self.rtsp_port, "RTSP_PORT", listener(self.rtsp_port))
        return ServerFailed(self.name, words[-1] if words else "it ended without a word")

    async def _keep(self) -> None:
        """Start it again whenever it ends; its words of trouble are forgotten with the next start."""
        tries = 0
        while self._child:
            began = loop_time()
            cause = await self._until_over(self._child)
            self._child.close()
            tries = 0 if loop_time() - began > FORGIVEN_AFTER else tries
            self._note_end(cause, is_news=tries == 0)
            await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1
            try:
                self._child = self._spawn()
            except (OSError, AudioRtspError) as error:  # a full disk, a binary being replaced: it heals
                self._obstacle = str(error)
                self._tell_failure(self._obstacle)
                continue
            self.restarts += 1

    def _note_end(self, cause: str, *, is_news: bool) -> None:
        """A restart is one when the next answers; one that never answered did not start."""
        if not (self._has_answered or self._hung.is_set()):
            self._tell_failure(cause)
        elif is_news or self._hung.is_set():
            self._replaced_for = cause

    def _tell_failure(self, cause: str) -> None:
        if cause != self._failure_told:
            self._failure_told = cause
            self.on_failure(cause)

    async def _until_over(self, child: Child) -> str:
        """Return when it has ended, by itself or because it hung, and say which; drain its words meanwhile."""
        recent: tuple[str, ...] = ()
        while not child.exited.done() and not self._hung.is_set():
            recent = _words(child)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_PAUSE):
                    await child.exited_or(self._hung)
        if self._hung.is_set():
            await child.stop(*STOP)
            return "it does not answer"
        words = self._telling((*recent, *_words(child)))
        if words and not self._has_answered:
            self._obstacle = self._failure(words).what
            return self._obstacle
        return _ending(child.exited.result(), words)

    def _telling(self, words: Sequence[str]) -> list[str]:
        """A greeting explains no end."""
        greeting = self._command.greeting
        return [line for line in words if greeting is None or not line.startswith(greeting)]


def _ending(code: int, words: Sequence[str]) -> str:
    """Its last words, or its exit status (negative: the signal that killed it)."""
    return f"it ended by itself: {words[-1]}" if words else f"it ended by itself, exit status {code}"


def _words(child: Child) -> tuple[str, ...]:
    reports = child.reports.take_all() if child.reports else ()
    return (*reports, *child.says.take_all())
