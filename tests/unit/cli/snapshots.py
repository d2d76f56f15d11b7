"""Snapshots in which only what a test is about is not empty."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from audio_rtsp.status import LeftOut, ServerStatus, Status, StreamStatus
from audio_rtsp.stream_state import StreamState

EMPTY: dict[str, Any] = {"str": "", "int": 0, "float": 0.0, "bool": False}
ONE = {"name": "desk", "state": StreamState.LIVE, "url": "rtsp://h:1/desk", "codec": "libmp3lame"}


def stream(**given: Any) -> StreamStatus:
    """A live stream that nobody listens to."""
    values = {
        one.name: None if "None" in str(one.type) else EMPTY.get(str(one.type), ()) for one in fields(StreamStatus)
    }
    return StreamStatus(**{**values, **ONE, **given})


def snapshot(
    *streams: StreamStatus,
    server: ServerStatus | None = None,
    left_out: tuple[LeftOut, ...] = (),
    complaints: tuple[str, ...] = (),
) -> Status:
    """A program whose server answers."""
    answering = ServerStatus(name="embedded", rtsp_port=1, is_up=True, reason="")
    return Status(
        pid=7,
        server=server or answering,
        streams=streams,
        left_out=left_out,
        complaints=complaints,
        state_folder="/var/lib/audio-rtsp",
        log_folder="/var/log/audio-rtsp",
    )
