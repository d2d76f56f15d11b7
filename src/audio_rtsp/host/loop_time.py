"""The clock of all durations: the event loop's, which a test lets jump."""

from __future__ import annotations

import asyncio


def loop_time() -> float:
    """Seconds since some moment; it never goes back. Raises RuntimeError where no loop runs."""
    return asyncio.get_running_loop().time()
