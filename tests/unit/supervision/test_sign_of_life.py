"""The watchdog is fed while our own tasks keep their deadlines, whatever microphones and server do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from audio_rtsp.config.settings import LogLevel
from audio_rtsp.encoder.version import FfmpegVersion
from audio_rtsp.events.event import Event
from audio_rtsp.events.recorder import Recorder, RecorderPlaces
from audio_rtsp.events.recorder_thread import RecorderThread
from audio_rtsp.server.path import PathState
from audio_rtsp.server.protocol import ServerAway
from audio_rtsp.server.watch import ServerWatch
from audio_rtsp.supervision.outfit import Outfit
from audio_rtsp.supervision.reconcile import Wanted
from audio_rtsp.supervision.rest import LATE
from audio_rtsp.supervision.supervisor import Supervisor
from audio_rtsp.supervision.tone_source import ToneSource
from audio_rtsp.supervision.wants import Wants
from unit.supervision.things import plan
from unit.supervision.virtual_time import run

HOURS = 5 * 3600.0


class Server:
    """A media server that may be away."""

    name, rtsp_port = "there", 1

    def __init__(self) -> None:
        self.is_away = False

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def dismiss(self, path: str) -> None: ...

    def judge_silence(self) -> None: ...

    async def paths(self) -> Mapping[str, PathState]:
        if self.is_away:
            raise ServerAway("it does not answer")
        return {}


class Desk:
    """Wants what it is told to."""

    def __init__(self, folder: Path, streams: Mapping[str, Wanted]) -> None:
        self.records = RecorderPlaces(logs=folder / "log", state=folder / "state")
        self._streams = streams

    async def wants(self) -> Wants:
        return Wants(streams=self._streams)

    def complaints(self) -> tuple[str, ...]:
        return ()


@asynccontextmanager
async def supervised(
    folder: Path, streams: Mapping[str, Wanted], server: Server, on_event: Callable[[Event], None] = lambda event: None
) -> AsyncIterator[Supervisor]:
    desk = Desk(folder, streams)
    records = RecorderThread(lambda clocks: Recorder(desk.records, LogLevel.INFO, clocks, str))
    watch = ServerWatch(server)
    outfit = Outfit(
        asks_password=False,
        watch=watch,
        rtsp_port=1,
        host=lambda: "h",
        ffmpeg=FfmpegVersion(5, 1),
        gate=asyncio.Semaphore(9),
        chance=lambda: 0.5,
        on_event=on_event,
        records=records,
    )
    supervisor = Supervisor(desk, outfit, "there")
    tasks = [asyncio.create_task(supervisor.run()), asyncio.create_task(watch.run())]
    try:
        yield supervisor
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        records.close()


def absent(*names: str) -> dict[str, Wanted]:
    return {name: Wanted(plan=plan(name, identity=name), source=None) for name in names}


async def stuck_within(supervisor: Supervisor, seconds: float) -> bool:
    """Whether it is stuck at any look, one each second."""
    for _ in range(round(seconds)):
        await asyncio.sleep(1)
        if supervisor.is_stuck:
            return True
    return False


def test_a_device_that_is_away_for_hours_starves_nothing(tmp_path: Path) -> None:
    async def main() -> bool:
        async with supervised(tmp_path, absent("desk", "door"), Server()) as supervisor:
            return await stuck_within(supervisor, HOURS)

    assert run(main()) is False


def test_a_server_that_is_away_for_hours_starves_nothing(tmp_path: Path) -> None:
    server = Server()
    server.is_away = True

    async def main() -> bool:
        async with supervised(tmp_path, absent("desk"), server) as supervisor:
            return await stuck_within(supervisor, HOURS)

    assert run(main()) is False


def test_a_capture_that_cannot_start_for_hours_starves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    wanted = {"desk": replace(absent("desk")["desk"], source=ToneSource(frequency=440))}

    async def main() -> bool:
        async with supervised(tmp_path, wanted, Server()) as supervisor:
            return await stuck_within(supervisor, HOURS)

    assert run(main()) is False


@pytest.mark.parametrize("side", ["_capture_rest", "_encoder_rest"])
def test_a_pause_that_never_ends_starves_it(tmp_path: Path, side: str) -> None:
    async def main() -> tuple[bool, bool]:
        async with supervised(tmp_path, absent("desk", "door"), Server()) as supervisor:
            await asyncio.sleep(1)
            before = supervisor.is_stuck
            rest = getattr(supervisor._streams["desk"], side)
            rest.until = asyncio.get_running_loop().time()
            await asyncio.sleep(LATE + 1)
            return before, supervisor.is_stuck

    assert run(main()) == (False, True)


def test_when_nobody_looks_at_the_streams_any_more_it_starves(tmp_path: Path) -> None:
    async def main() -> bool:
        async with supervised(tmp_path, absent("desk"), Server()) as supervisor:
            await asyncio.sleep(1)
            next(task for task in asyncio.all_tasks() if task.get_name() == "tick").cancel()
            await asyncio.sleep(LATE + 1)
            return supervisor.is_stuck

    assert run(main()) is True


def test_a_bug_in_one_stream_is_told_and_the_others_are_looked_at(tmp_path: Path) -> None:
    told: list[Event] = []
    looked: list[str] = []

    async def main() -> bool:
        async with supervised(tmp_path, absent("desk", "door"), Server(), told.append) as supervisor:
            await asyncio.sleep(1)
            supervisor._streams["desk"].observe = lambda: 1 / 0  # type: ignore[assignment, method-assign]
            supervisor._streams["door"].observe = lambda: looked.append("door")  # type: ignore[method-assign]
            return await stuck_within(supervisor, 60)

    assert run(main()) is False
    assert len(looked) > 100
    assert any(event.subject == "desk" and "ZeroDivisionError" in event.cause for event in told)
