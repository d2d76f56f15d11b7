"""What is true now: one frozen snapshot that every face reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from audio_rtsp.stream_state import StreamState

SCHEMA = 1
"""Grows when a field changes its meaning or goes; a new field does not change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbReset:
    """A request to the monitor: re-enumerate this stream's USB device. *seconds* = how long ago it was asked for.

    *number* grows with each request since the stream began, so that one that was served is told from a new one.
    """

    number: int
    cause: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStatus:
    """One stream. Durations in seconds, levels in dBFS, extremes as shares, bitrate in bit/s, rate in Hz."""

    name: str
    state: StreamState
    reason: str
    url: str
    identity: str
    description: str
    codec: str
    bitrate: int
    rate: int
    channels: int
    capture_pid: int | None
    encoder_pid: int | None
    capture_restarts: int
    encoder_restarts: int
    lost_seconds: float
    filled_seconds: float
    lost_today_seconds: float
    filled_today_seconds: float
    waiting_seconds: float
    overruns: int
    readers: int
    peak: float | None
    rms: float | None
    lowest: float | None
    highest: float | None
    is_clipping: bool
    usb_reset: UsbReset | None
    state_seconds: float
    next_try_seconds: float | None
    commands: tuple[tuple[str, ...], ...]
    complaints: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """The media server; *reason* is empty while it answers, and before it was asked."""

    name: str
    rtsp_port: int
    is_up: bool
    reason: str
    asks_password: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A device that is not streamed, and why."""

    name: str
    identity: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The whole program at one moment."""

    pid: int
    server: ServerStatus
    streams: tuple[StreamStatus, ...]
    left_out: tuple[LeftOut, ...]
    complaints: tuple[str, ...]
    state_folder: str
    log_folder: str
    schema: int = SCHEMA

    def as_json(self) -> dict[str, Any]:
        """The same as plain values that json renders."""
        return dict(_fields(self))


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    """Of a dataclass and of those within it; asdict, which copies every word too, takes ten times as long."""
    for one in fields(value):
        yield one.name, _plain(getattr(value, one.name))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return dict(_fields(value))
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        return [dict(_fields(one)) for one in value]
    return value


def summary(status: Status) -> str:
    """One sentence: ``1 waiting, 3 live``."""
    counts = {state: sum(stream.state is state for stream in status.streams) for state in StreamState}
    return ", ".join(f"{count} {state.lower()}" for state, count in counts.items() if count) or "no streams"
