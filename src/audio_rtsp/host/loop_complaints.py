"""What asyncio complains of, on standard error, but never a flood of it: a log is on a small disk."""

from __future__ import annotations

import asyncio
from typing import Any

MOST = 10
"""Complaints a minute."""
MINUTE = 60.0


class LoopComplaints:
    """An exception handler for an event loop."""

    def __init__(self) -> None:
        self._began = 0.0
        self._count = 0

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Print the first ten of a minute, and then that there are more."""
        if loop.time() - self._began > MINUTE:
            self._began, self._count = loop.time(), 0
        self._count += 1
        if self._count <= MOST:
            loop.default_exception_handler(context)
        elif self._count == MOST + 1:
            loop.default_exception_handler({"message": "there are more complaints; they are left out for a minute"})
