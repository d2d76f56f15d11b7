"""An event loop that complains without end."""

from __future__ import annotations

import asyncio
import logging

import pytest

from audio_rtsp.host.loop_complaints import MOST, LoopComplaints
from unit.supervision import virtual_time


def test_a_flood_of_complaints_is_a_few_lines_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> list[int]:
        loop, counts = asyncio.get_running_loop(), []
        loop.set_exception_handler(LoopComplaints())
        for _ in range(2):
            await asyncio.sleep(61.0)
            caplog.clear()
            for number in range(10_000):
                loop.call_exception_handler({"message": f"trouble {number}"})
            counts.append(len(caplog.records))
        return counts

    with caplog.at_level(logging.ERROR, "asyncio"):
        assert virtual_time.run(main()) == [MOST + 1, MOST + 1]
    assert caplog.records[0].message == "trouble 0"
    assert caplog.records[-1].message == "there are more complaints; they are left out for a minute"
