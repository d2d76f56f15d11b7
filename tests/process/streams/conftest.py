"""A box with one stereo microphone whose samples are counted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from media_servers import BINARIES, binary_or_skip
from process.streams.harness import Box

COUNTING = "AUDIO_CODEC=pcm_s16be\nAUDIO_CHANNELS=2\nAUDIO_SAMPLE_RATE=48000\n"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """Machine 08: one UAC2 stereo microphone, free, streamed without loss as ``lab-studio-stereo``."""
    box = Box.make(tmp_path, "08")
    for status in (box.root / "proc/asound").glob("card*/pcm*c/sub*/status"):
        status.write_text("closed\n")
    box.configure(COUNTING)
    return box


@pytest.fixture(params=["embedded", "mediamtx"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the two servers; the real MediaMTX only where it is installed."""
    if request.param == "mediamtx":
        monkeypatch.setenv("AUDIO_RTSP_MEDIAMTX_BIN", binary_or_skip(BINARIES[-1]))
    return str(request.param)


@pytest.fixture(autouse=True)
def no_child_is_left() -> Iterator[None]:
    """Whatever a test did, no child of ours outlives it."""
    yield
    me = os.getpid()
    left = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == me:
            left.append(stat.parent.name)
    assert not left, f"children left behind: {left}"
