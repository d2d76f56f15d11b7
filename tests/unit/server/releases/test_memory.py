"""What is remembered of the release server, and what is no memory."""

from __future__ import annotations

import pytest
from packaging.version import Version

from audio_rtsp.server.mediamtx.release.memory import ReleaseMemory, parse_memory, render_memory

BASE = "https://example.org"
MEMORY = ReleaseMemory(base=BASE, at=1.5, versions=(Version("1.20.1"),))


def test_what_is_written_is_read_again() -> None:
    assert parse_memory(render_memory(MEMORY), BASE) == MEMORY


@pytest.mark.parametrize("at", ["NaN", "Infinity", "-Infinity", "1" + "0" * 400])
def test_a_time_that_is_none_is_no_memory(at: str) -> None:
    damaged = render_memory(MEMORY).replace(b'"at": 1.5', f'"at": {at}'.encode())
    assert damaged != render_memory(MEMORY)
    assert parse_memory(damaged, BASE) is None
