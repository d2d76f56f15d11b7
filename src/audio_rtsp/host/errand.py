"""Blocking work beside the event loop: a disk that hangs holds up no stream, nor the end of the program."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Errand:
    """One piece of work at a time, in a daemon thread."""

    def __init__(self, patience: float) -> None:
        """*patience*: seconds that :meth:`run` waits."""
        self._patience = patience
        self._going: Future[Any] | None = None
        self._began = 0.0

    @property
    def busy_seconds(self) -> float:
        """For how long the work has gone on; 0.0 when there is none."""
        return time.monotonic() - self._began if self._going and not self._going.done() else 0.0

    async def run(self, work: Callable[[], T]) -> T | None:
        """What *work* returns; None when it goes on beyond patience, or cannot begin now."""
        if self._going and not self._going.done():
            return None
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        try:
            threading.Thread(target=_work, args=(work, future), name="errand", daemon=True).start()
        except RuntimeError:  # the machine has no thread to spare
            return None
        self._going, self._began = future, time.monotonic()
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            return None


def _work(work: Callable[[], T], future: Future[T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - raised where it is awaited
        future.set_exception(error)
