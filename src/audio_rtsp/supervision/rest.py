"""The pause between two tries of one side of a stream; whatever changes in the world ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.supervision.policy import Cause, History, Rules, Wait, after

LATE = 10.0
"""Seconds after its time at which a pause that goes on is a bug of ours."""


class Rest:
    """Keeps the history of one side and waits as the policy says."""

    def __init__(self, rules: Rules, chance: Callable[[], float]) -> None:
        self.rules = rules
        self._chance = chance
        self._history = History()
        self._news = asyncio.Event()
        self.until: float | None = None

    @property
    def is_overdue(self) -> bool:
        """Whether a pause should long be over."""
        return self.until is not None and loop_time() > self.until + LATE

    def decide(self, cause: Cause, flowed: float) -> Wait:
        """What the policy makes of a run that ended."""
        self._history, wait = after(self._history, cause, flowed=flowed, rules=self.rules, chance=self._chance)
        return wait

    async def wait(self, seconds: float | None) -> None:
        """Wait that long, or until there is news (also news that came while it ran); None = until there is news."""
        self.until = None if seconds is None else loop_time() + seconds
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return
        finally:
            self._news.clear()
            self.until = None

    def tell_news(self) -> None:
        """A udev, configuration or server event: try again now."""
        self._news.set()
