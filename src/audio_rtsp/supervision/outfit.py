"""What all streams share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from audio_rtsp.encoder.version import FfmpegVersion
from audio_rtsp.events.event import Event
from audio_rtsp.events.recorder_thread import RecorderThread
from audio_rtsp.events.severity import Severity
from audio_rtsp.server.watch import ServerWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """*gate* lets a few streams start at a time; *chance* gives 0 to 1; *host* is this machine to listeners, now.

    *asks_password*: whether the server does, of who listens.
    """

    watch: ServerWatch
    rtsp_port: int
    asks_password: bool
    host: Callable[[], str]
    ffmpeg: FfmpegVersion
    gate: asyncio.Semaphore
    chance: Callable[[], float]
    on_event: Callable[[Event], None]
    records: RecorderThread

    def publish_url(self, name: str) -> str:
        """Where an encoder sends."""
        return f"rtsp://127.0.0.1:{self.rtsp_port}/{name}"

    def hear(self, name: str, line: str) -> None:
        """A program of the stream *name* complains."""
        self.records.tell(Severity.WARNING, name, line)

    def listen_url(self, name: str) -> str:
        """Where a listener finds it."""
        return f"rtsp://{self.host()}:{self.rtsp_port}/{name}"
