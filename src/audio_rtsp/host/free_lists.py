"""Memory that the interpreter keeps for later."""

from __future__ import annotations

import asyncio
import gc

SWEEP = 120.0
"""Seconds: in between 32 streams leave some 0.2 MB."""


async def sweep_free_lists(pause: float = SWEEP) -> None:
    """Give it back for ever, every *pause* seconds.

    CPython empties its free lists (2,000 tuples of each length) in a full collection alone (Modules/gcmodule.c), which
    never comes by itself where next to nothing is garbage.
    """
    while True:
        await asyncio.sleep(pause)
        gc.collect()
