"""A capture side in virtual time, with captures that end as told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.capture.diagnosis import CaptureFault
from audio_rtsp.encoder.codec import Encoding
from audio_rtsp.supervision.capture_run import CaptureRun
from audio_rtsp.supervision.capture_side import CaptureSide
from audio_rtsp.supervision.policy import Rules
from audio_rtsp.supervision.rest import Rest
from audio_rtsp.supervision.sound import Sound

PCM = PcmFormat(rate=8000, sample_format="S16_LE", channels=1)


@dataclass(kw_only=True)
class Microphone:
    """Held by another program until *held_until* (*is_told*: the kernel shows by whom); another card if not right."""

    held_until: float = 0.0
    is_told: bool = True
    is_right: bool = True
    is_in: bool = True
    mixer: str = ""

    def choose(self, encoding: Encoding, channels: int) -> PcmFormat:
        return PCM

    def argv(self, pcm: PcmFormat) -> tuple[str, ...]:
        return ("arecord",)

    def holder(self) -> str:
        return "held by zoom (pid 7)" if self.is_told and asyncio.get_running_loop().time() < self.held_until else ""

    def is_there(self) -> bool:
        return self.is_in

    def is_held_by(self, pid: int) -> bool | None:
        return self.is_right

    def obstacle(self) -> str:
        return ""


class ToldRun(CaptureRun):
    """Flows for *flow* seconds (None: until it is given up), then ends with *fault*."""

    def __init__(self, flow: float | None, fault: CaptureFault) -> None:
        self._flow, self._fault = flow, fault
        self._asked: tuple[CaptureFault, str] | None = None
        self._ended = asyncio.Event()
        self._is_gone = False
        self.overruns, self.moved = 0, asyncio.get_running_loop().time()

    @property
    def pid(self) -> int | None:
        return None if self._is_gone else 1

    async def until_first_sound(self, is_there: Callable[[], bool]) -> bool:
        if not is_there():
            self.give_up(CaptureFault.GONE, "it went")
        return is_there() and (self._flow is None or self._flow > 0.0)

    async def until_over(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._flow):
                await self._ended.wait()

    def give_up(self, fault: CaptureFault, reason: str) -> None:
        self._asked = fault, reason
        self._ended.set()

    async def end(self) -> None:
        self._ended.set()
        self._is_gone = True

    def verdict(self) -> tuple[CaptureFault, str]:
        return self._asked or (self._fault, str(self._fault))


class Bench:
    """A capture side whose captures end as *ends* say, the last one for ever; when each began."""

    def __init__(self, *ends: tuple[float | None, CaptureFault]) -> None:
        self._ends: Iterator[tuple[float | None, CaptureFault]] = iter(ends)
        self.sound = Sound(PCM)
        self.began: list[float] = []
        self.asked_for_reset = 0
        self.rest = Rest(Rules(), lambda: 1.0)
        self.side = CaptureSide(self.rest, self._renew, self._discard, self._note, self._begin)

    async def _renew(self, source: object) -> Sound:
        return self.sound

    async def _discard(self) -> None:
        return

    def _note(self) -> None:
        self.asked_for_reset += self.side.wants_usb_reset
        self.side.wants_usb_reset = False

    def _begin(self, argv: tuple[str, ...], sound: Sound) -> CaptureRun:
        self.began.append(asyncio.get_running_loop().time())
        return ToldRun(*next(self._ends, (None, CaptureFault.UNEXPLAINED)))

    async def runs(self, seconds: float, at: Mapping[float, Callable[[], object]] | None = None) -> list[float]:
        """When its captures began, in seconds, rounded; *at*: what happens when."""
        running = asyncio.create_task(self.side.run())
        loop = asyncio.get_running_loop()
        for when, act in (at or {}).items():
            loop.call_at(when, act)
        await asyncio.wait([running], timeout=seconds)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        self.sound.pipe.close()
        return [round(when, 2) for when in self.began]
