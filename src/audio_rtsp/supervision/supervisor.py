"""All streams of one machine: looks again when anything changes, and reconciles."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, assert_never

from audio_rtsp.events.account import Loss
from audio_rtsp.events.event import Event
from audio_rtsp.events.recorder import RecorderPlaces
from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.status import ServerStatus, Status
from audio_rtsp.supervision.outfit import Outfit
from audio_rtsp.supervision.plan import StreamPlan
from audio_rtsp.supervision.reconcile import Keep, Start, Step, Stop, Wanted, plan_steps
from audio_rtsp.supervision.rest import LATE
from audio_rtsp.supervision.stream import Stream
from audio_rtsp.supervision.usb_reset import BY_HAND, NOT_USB
from audio_rtsp.supervision.wants import Wants

TICK = 0.5
POLL = 10.0
"""Seconds between looks when no event comes: udev's word is fast, this one is sure."""
AFTER_A_BUG = 5.0
NO_STREAM = "no stream has this name"


class Desk(Protocol):
    """Who knows what streams there shall be."""

    async def wants(self) -> Wants:
        """Look at the machine and at the settings in force."""

    def complaints(self) -> tuple[str, ...]:
        """What is wrong with the settings or the state."""

    @property
    def records(self) -> RecorderPlaces:
        """Where is written down what happens."""


class Supervisor:
    """Runs the wanted streams; ``status()`` is the truth at any moment."""

    def __init__(self, desk: Desk, outfit: Outfit, server_name: str) -> None:
        self._desk = desk
        self._outfit = outfit
        self._server_name = server_name
        self._streams: dict[str, Stream] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._wants = Wants()
        self._look = asyncio.Event()
        self._ticked_at = loop_time()

    def look_again(self) -> None:
        """The machine or the settings may be others now."""
        self._look.set()

    def meet_event(self) -> None:
        """udev spoke: devices may have come, gone, or got their rights."""
        self.look_again()
        for stream in self._streams.values():
            stream.meet_event()

    def meet_server(self) -> None:
        """The server came or went."""
        watch = self._outfit.watch
        before, after = ("AWAY", "UP") if watch.is_up else ("UP", "AWAY")
        self._outfit.on_event(Event(subject="server", before=before, after=after, cause=watch.away_reason))
        self.tell_news()

    @property
    def is_stuck(self) -> bool:
        """Whether a stream's task, or the look at all of them, missed its own deadline."""
        is_late = loop_time() - self._ticked_at > LATE
        return is_late or any(stream.is_stuck for stream in self._streams.values())

    def restart(self, name: str) -> bool:
        """Restart one stream by its name; False when there is none."""
        found = [stream for stream in self._streams.values() if stream.plan.name == name]
        for stream in found:
            stream.restart()
        return bool(found)

    def ask_usb_reset(self, name: str) -> str:
        """Note it for the monitor; returns why that cannot be, empty when it was noted."""
        found = next((stream for stream in self._streams.values() if stream.plan.name == name), None)
        if found is None:
            return NO_STREAM
        if not found.plan.is_usb:
            return NOT_USB
        found.usb_resets.ask(BY_HAND)
        return ""

    def losses(self, name: str) -> Mapping[str, Loss]:
        """What the stream *name* lost, by day."""
        return self._outfit.records.days(name)

    def tell_news(self) -> None:
        """End every wait: what made it may have changed."""
        for stream in self._streams.values():
            stream.tell_news()

    async def run(self) -> None:
        """Supervise until cancelled; then end all streams at once, each in its order."""
        ticking = asyncio.create_task(self._tick(), name="tick")
        try:
            while True:
                self._look.clear()
                self._wants = await self._desk.wants()
                await self._apply(plan_steps(self._wants.streams, self._plans()))
                await self._until_next_look()
        finally:
            ticking.cancel()
            await self._end(*self._tasks)

    def status(self) -> Status:
        """One snapshot of everything."""
        outfit, watch = self._outfit, self._outfit.watch
        return Status(
            pid=os.getpid(),
            server=ServerStatus(
                name=self._server_name,
                rtsp_port=outfit.rtsp_port,
                is_up=watch.is_up,
                reason=watch.away_reason,
                asks_password=outfit.asks_password,
            ),
            streams=tuple(stream.status() for stream in self._streams.values()),
            left_out=self._wants.left_out,
            complaints=(*self._desk.complaints(), *outfit.records.complaints()),
            state_folder=str(self._desk.records.state.absolute()),
            log_folder=str(self._desk.records.logs.absolute()),
        )

    def _plans(self) -> Mapping[str, StreamPlan]:
        return {key: stream.plan for key, stream in self._streams.items()}

    async def _apply(self, steps: tuple[Step, ...]) -> None:
        await self._stop(steps)
        for step in steps:
            match step:
                case Start(wanted):
                    self._start(wanted)
                case Keep(wanted):
                    stream = self._streams[wanted.plan.identity]
                    stream.change(wanted.plan, wanted.complaints)
                    stream.set_source(wanted.source)
                case Stop():
                    continue
                case _:
                    assert_never(step)

    async def _stop(self, steps: tuple[Step, ...]) -> None:
        """End streams; a name that nobody takes over is over for its listeners, too."""
        stopped = [step.identity for step in steps if isinstance(step, Stop)]
        names = {self._streams[identity].plan.name for identity in stopped}
        await self._end(*stopped)
        for name in names - {step.wanted.plan.name for step in steps if not isinstance(step, Stop)}:
            await self._outfit.watch.dismiss(name)

    def _start(self, wanted: Wanted) -> None:
        stream = Stream(wanted.plan, wanted.complaints, self._outfit)
        stream.set_source(wanted.source)
        identity = wanted.plan.identity
        self._streams[identity] = stream
        self._tasks[identity] = asyncio.create_task(self._keep(stream.run, wanted.plan.name), name=wanted.plan.name)

    async def _keep(self, run: Callable[[], Awaitable[None]], name: str) -> None:
        """The bulkhead: a bug in one stream is told, and costs the others nothing."""
        while True:
            try:
                await run()
            except Exception as bug:  # noqa: BLE001
                self._outfit.on_event(Event(subject=name, before="", after="failed", cause=f"a bug: {bug!r}"))
                await asyncio.sleep(AFTER_A_BUG)

    async def _end(self, *identities: str) -> None:
        tasks = [self._tasks.pop(identity) for identity in identities if identity in self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for identity in identities:
            self._streams.pop(identity, None)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._ticked_at = loop_time()
            for stream in tuple(self._streams.values()):
                self._observe(stream)

    def _observe(self, stream: Stream) -> None:
        """The bulkhead again: what is wrong in one stream does not keep us from looking at the others."""
        try:
            stream.observe()
        except Exception as bug:  # noqa: BLE001
            event = Event(subject=stream.plan.name, before="failed", after="failed", cause=f"a bug: {bug!r}")
            self._outfit.on_event(event)

    async def _until_next_look(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._look.wait()
        except TimeoutError:
            return
