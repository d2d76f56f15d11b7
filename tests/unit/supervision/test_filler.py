"""Silence in the place of sound: until when it is written. In virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from audio_rtsp.capture.diagnosis import CaptureFault
from audio_rtsp.supervision.capture_run import CaptureRun
from audio_rtsp.supervision.sound import Sound
from unit.supervision.capture_bench import PCM, Bench, Microphone, ToldRun
from unit.supervision.virtual_time import run


class BlockedRun(ToldRun):
    """Gives nothing; the pipe is full from the second second on."""

    @property
    def is_blocked(self) -> bool:
        return asyncio.get_running_loop().time() > 2.0

    def count(self) -> bool:
        return False


class BlockedBench(Bench):
    """A capture that stands still while our silence fills the pipe, since its encoder stands still too."""

    def _begin(self, argv: tuple[str, ...], sound: Sound) -> CaptureRun:
        sound.ledger.captured(PCM.frame_bytes, 0.0)
        self.began.append(asyncio.get_running_loop().time())
        return BlockedRun(None, CaptureFault.UNEXPLAINED)


def test_a_pipe_that_our_silence_filled_is_not_taken_for_sound() -> None:
    flowing: dict[float, bool] = {}

    async def all_of_it() -> list[float]:
        bench = BlockedBench()
        bench.side.set_source(Microphone())

        def look() -> None:
            bench.side.observe()
            flowing[round(asyncio.get_running_loop().time(), 1)] = bench.side.is_flowing

        return await bench.runs(4.8, {number / 2: look for number in range(1, 10)})

    assert run(all_of_it()) == [0.0, 4.5]
    assert flowing == {number / 2: number <= 2 for number in range(1, 10)}


STOPPED, BACK = 1.0, 2.53


class ReturningRun(ToldRun):
    """Stands still from *STOPPED* to *BACK*."""

    is_blocked = False

    def __init__(self, sound: Sound) -> None:
        super().__init__(None, CaptureFault.UNEXPLAINED)
        self._sound, self._counted_until = sound, 0.0

    def count(self) -> bool:
        now, since = asyncio.get_running_loop().time(), self._counted_until
        self._counted_until = now
        seconds = max(0.0, min(now, STOPPED) - since) + max(0.0, now - max(since, BACK))
        if seconds:
            self._sound.ledger.captured(PCM.whole_frames(seconds), now)
            self.moved = now
        return seconds > 0


class ReturningBench(Bench):
    """A microphone that stands still for a while, and is looked at twice a second."""

    def _begin(self, argv: tuple[str, ...], sound: Sound) -> CaptureRun:
        self.began.append(asyncio.get_running_loop().time())
        return ReturningRun(sound)


async def nobody(seconds: float) -> None:
    """Hears for how long sound lacks."""


def test_no_silence_is_written_into_the_sound_that_came_back() -> None:
    """Not even until the next look at the capture."""
    back: list[bool] = []

    async def all_of_it() -> float:
        bench = ReturningBench()
        bench.side.set_source(Microphone())
        filling = asyncio.create_task(bench.side.keep_filled(nobody))
        at: dict[float, Callable[[], object]] = {number / 2: bench.side.observe for number in range(1, 8)}
        at[BACK + 0.1] = lambda: back.append(bench.side.is_flowing)
        at[3.4] = filling.cancel
        await bench.runs(3.6, at)
        return bench.sound.ledger.filled_seconds

    assert run(all_of_it()) == pytest.approx(BACK - STOPPED, abs=0.07)
    assert back == [True]
