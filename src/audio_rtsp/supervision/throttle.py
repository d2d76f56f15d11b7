"""Something that may be asked for too often: it runs at once, then rests; of many requests meanwhile one waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Throttle:
    """Calls *act* no more often than once in *pause* seconds, and always once after the last request."""

    def __init__(self, act: Callable[[], object], pause: float) -> None:
        self._act = act
        self._pause = pause
        self._timer: asyncio.TimerHandle | None = None
        self._is_asked = False

    def ask(self) -> None:
        """Have it done, now or when the pause is over."""
        self._is_asked = True
        if self._timer is None:
            self._run()

    def _run(self) -> None:
        self._timer = None
        if self._is_asked:
            self._is_asked = False
            self._timer = asyncio.get_running_loop().call_later(self._pause, self._run)
            self._act()
