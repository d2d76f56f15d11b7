"""One stream as a whole: what it holds is given back, whenever it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.config.settings import LogLevel
from audio_rtsp.encoder.version import FfmpegVersion
from audio_rtsp.events.recorder import Recorder, RecorderPlaces
from audio_rtsp.events.recorder_thread import RecorderThread
from audio_rtsp.server.watch import ServerWatch
from audio_rtsp.supervision.outfit import Outfit
from audio_rtsp.supervision.sound import Sound
from audio_rtsp.supervision.stream import Stream
from unit.host.processes import descriptors
from unit.supervision.test_sign_of_life import Server
from unit.supervision.things import plan


def test_a_stream_that_is_ended_while_its_path_goes_offline_leaves_no_pipe_behind(tmp_path: Path) -> None:
    async def main() -> None:
        places = RecorderPlaces(logs=tmp_path / "log", state=tmp_path / "state")
        records = RecorderThread(lambda clocks: Recorder(places, LogLevel.INFO, clocks, str))
        outfit = Outfit(
            watch=ServerWatch(Server()),
            rtsp_port=1,
            asks_password=False,
            host=lambda: "h",
            ffmpeg=FfmpegVersion(5, 1),
            gate=asyncio.Semaphore(1),
            chance=lambda: 0.5,
            on_event=lambda event: None,
            records=records,
        )
        stream = Stream(plan(), (), outfit)
        before = descriptors()
        stream._sound = Sound(PcmFormat(sample_format="S16_LE", rate=48000, channels=1))
        stream._encoder.close = asyncio.Event().wait  # type: ignore[assignment, method-assign]
        closing = asyncio.create_task(stream._close_sound())
        await asyncio.sleep(0.01)
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
        assert descriptors() == before
        records.close()

    asyncio.run(main())
