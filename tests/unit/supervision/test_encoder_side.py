"""Encoders wait at the gate for their turn, what happened meanwhile counts; what they send must arrive."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.config.settings import LogLevel
from audio_rtsp.encoder.version import FfmpegVersion
from audio_rtsp.events.recorder import Recorder, RecorderPlaces
from audio_rtsp.events.recorder_thread import RecorderThread
from audio_rtsp.server import watch as watch_of_server
from audio_rtsp.server.path import PathState
from audio_rtsp.server.watch import ServerWatch
from audio_rtsp.supervision import encoder_side
from audio_rtsp.supervision.encoder_side import EncoderSide
from audio_rtsp.supervision.outfit import Outfit
from audio_rtsp.supervision.policy import Rules
from audio_rtsp.supervision.rest import Rest
from audio_rtsp.supervision.sound import Sound

SENDS = ("sh", "-c", "for n in $(seq 1000); do echo out_time_us=${n}00000; sleep 0.05; done")
"""An encoder that sends twice as fast as it sounds; out_time_us is in microseconds."""


class Server:
    """A media server that answers; *arrives* says how many bytes of the path ``mic`` came, each time it is asked."""

    name, rtsp_port = "there", 1

    def __init__(self, arrives: Iterable[int] = ()) -> None:
        self._arrives = iter(arrives)

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def dismiss(self, path: str) -> None: ...

    def judge_silence(self) -> None: ...

    async def paths(self) -> Mapping[str, PathState]:
        got = next(self._arrives, None)
        if got is None:
            return {}
        return {"mic": PathState(name="mic", is_online=True, since="now", inbound_bytes=got, readers=0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One encoder side at *gate*."""

    side: EncoderSide
    gate: asyncio.Semaphore
    sound: Sound


@contextlib.asynccontextmanager
async def bench(tmp_path: Path, server: Server) -> AsyncIterator[Bench]:
    """It runs, and the server is up."""
    places = RecorderPlaces(logs=tmp_path / "log", state=tmp_path / "state")
    records = RecorderThread(lambda clocks: Recorder(places, LogLevel.INFO, clocks, str))
    watch, gate = ServerWatch(server), asyncio.Semaphore(1)
    outfit = Outfit(
        watch=watch,
        rtsp_port=1,
        asks_password=False,
        host=lambda: "h",
        ffmpeg=FfmpegVersion(5, 1),
        gate=gate,
        chance=lambda: 0.5,
        on_event=lambda event: None,
        records=records,
    )
    side = EncoderSide("mic", outfit, Rest(Rules(), lambda: 0.5), lambda: None)
    tasks = [asyncio.create_task(watch.run()), asyncio.create_task(side.run())]
    sound = Sound(PcmFormat(sample_format="S16_LE", rate=48000, channels=1))
    try:
        await watch.wait_up()
        yield Bench(side=side, gate=gate, sound=sound)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        sound.pipe.close()
        records.close()


def test_an_encoder_whose_sound_ended_while_it_waited_for_its_turn_is_not_started(tmp_path: Path) -> None:
    """Of 20 dead inputs each one took a turn, and the one good microphone came last: after 6 to 12 s."""
    started = tmp_path / "started"

    async def main() -> None:
        async with bench(tmp_path, Server()) as one:
            async with one.gate:
                one.side.open(one.sound, ("touch", str(started)))
                for _ in range(10):
                    await asyncio.sleep(0)  # it stands in the queue
                await one.side.close()
            async with one.gate:  # its turn is over: it stood before us
                pass

    asyncio.run(main())
    assert not started.exists()


@pytest.mark.parametrize(("arrives", "is_replaced"), [([1] * 1000, True), (count(1), False)])
def test_an_encoder_is_replaced_when_nothing_of_what_it_sends_arrives(
    arrives: Iterable[int], is_replaced: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has the path, takes the connection, and its bytes stand still: the sockets' buffers hold minutes."""
    monkeypatch.setattr(encoder_side, "OFFLINE_LIMIT", 0.6)
    monkeypatch.setattr(watch_of_server, "CALM_PAUSE", 0.1)

    async def main() -> int:
        async with bench(tmp_path, Server(arrives)) as one:
            one.side.open(one.sound, SENDS)
            end = time.monotonic() + 2.5
            while time.monotonic() < end and not one.side.restarts:
                one.side.observe()
                await asyncio.sleep(0.05)
            return one.side.restarts

    assert bool(asyncio.run(main())) is is_replaced
