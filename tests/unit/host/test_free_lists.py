"""Memory that the interpreter keeps for later."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from audio_rtsp.host.free_lists import sweep_free_lists


def kept_for_later() -> int:
    """Blocks that stay allocated when a thousand tuples are let go."""
    before = sys.getallocatedblocks()
    tuples = [tuple(range(number, number + 7)) for number in range(1000)]
    del tuples
    return sys.getallocatedblocks() - before


async def swept(seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(sweep_free_lists(0.01), seconds)


def test_what_is_kept_for_later_is_given_back_by_the_clock() -> None:
    asyncio.run(swept(0.1))
    before = sys.getallocatedblocks()
    assert kept_for_later() > 900
    asyncio.run(swept(0.1))
    assert sys.getallocatedblocks() - before < 500
