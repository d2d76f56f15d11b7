"""The one watch over the server: asked once for all streams, and whoever waits for it waits here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.server.path import PathState
from audio_rtsp.server.protocol import MediaServer, ServerAway

CALM_PAUSE = 2.0
URGENT_PAUSE = 0.1
AWAY_PAUSES = (0.1, 0.25, 0.25, 0.25, 0.25)
AWAY_PAUSE = 1.0


class ServerWatch:
    """``paths`` is the newest answer, which came at ``answered_at``; ``away_reason`` is empty while the server answers,
    and before it was asked.
    """

    def __init__(self, server: MediaServer) -> None:
        self._server = server
        self._urgent = 0
        self._up = asyncio.Event()
        self._look_now = asyncio.Event()
        self._looked: asyncio.Future[None] | None = None
        self.paths: Mapping[str, PathState] = {}
        self.answered_at = 0.0
        self.away_reason = ""
        self.on_change: Callable[[], None] = lambda: None

    @property
    def is_up(self) -> bool:
        """Whether the last question was answered."""
        return self._up.is_set()

    async def run(self) -> None:
        """Ask for ever; every two seconds, ten times a second while somebody is in a hurry."""
        misses = 0
        while True:
            misses = 0 if await self._look() else misses + 1
            await self._pause(misses)

    async def wait_up(self) -> None:
        """Return when the server answers."""
        await self._up.wait()

    async def check(self) -> bool:
        """Ask at once, and say whether it answered."""
        self._looked = self._looked or asyncio.get_running_loop().create_future()
        self._look_now.set()
        await asyncio.shield(self._looked)
        return self.is_up

    async def dismiss(self, path: str) -> None:
        """Let go of everybody who still reads a path that will not come back."""
        if self.is_up:
            await self._server.dismiss(path)

    @contextmanager
    def hurry(self) -> Iterator[None]:
        """Ask ten times a second within the body."""
        self._urgent += 1
        self._look_now.set()
        try:
            yield
        finally:
            self._urgent -= 1

    async def _look(self) -> bool:
        was_up, waiting = self.is_up, self._looked
        try:
            self.paths = await self._server.paths()
            self.answered_at = loop_time()
            self.away_reason = ""
            self._up.set()
        except ServerAway as away:
            self.paths = {}
            self.away_reason = str(away)
            self._up.clear()
            self._server.judge_silence()
        if waiting is not None and waiting is self._looked:
            self._looked = None
            waiting.set_result(None)
        if was_up != self.is_up:
            self.on_change()
        return self.is_up

    async def _pause(self, misses: int) -> None:
        self._look_now.clear()
        if self._looked is not None:
            return
        pause = URGENT_PAUSE if self._urgent else CALM_PAUSE
        if misses:
            pause = AWAY_PAUSES[misses - 1] if misses <= len(AWAY_PAUSES) else AWAY_PAUSE
            await asyncio.sleep(pause)
            return
        try:
            async with asyncio.timeout(pause):
                await self._look_now.wait()
        except TimeoutError:
            return
