"""Encoders wait at the gate for their turn; what happened meanwhile counts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.config.settings import LogLevel
from audio_rtsp.encoder.version import FfmpegVersion
from audio_rtsp.events.recorder import Recorder, RecorderPlaces
from audio_rtsp.events.recorder_thread import RecorderThread
from audio_rtsp.server.path import PathState
from audio_rtsp.server.watch import ServerWatch
from audio_rtsp.supervision.encoder_side import EncoderSide
from audio_rtsp.supervision.outfit import Outfit
from audio_rtsp.supervision.policy import Rules
from audio_rtsp.supervision.rest import Rest
from audio_rtsp.supervision.sound import Sound


class Server:
    """A media server that answers and has no paths."""

    name, rtsp_port = "there", 1

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def dismiss(self, path: str) -> None: ...

    def judge_silence(self) -> None: ...

    async def paths(self) -> Mapping[str, PathState]:
        return {}


def test_an_encoder_whose_sound_ended_while_it_waited_for_its_turn_is_not_started(tmp_path: Path) -> None:
    """Of 20 dead inputs each one took a turn, and the one good microphone came last: after 6 to 12 s."""
    started = tmp_path / "started"

    async def main() -> None:
        places = RecorderPlaces(logs=tmp_path / "log", state=tmp_path / "state")
        records = RecorderThread(lambda clocks: Recorder(places, LogLevel.INFO, clocks, str))
        watch, gate = ServerWatch(Server()), asyncio.Semaphore(1)
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
            async with gate:
                side.open(sound, ("touch", str(started)))
                for _ in range(10):
                    await asyncio.sleep(0)  # it stands in the queue
                await side.close()
            async with gate:  # its turn is over: it stood before us
                pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            sound.pipe.close()
            records.close()

    asyncio.run(main())
    assert not started.exists()
