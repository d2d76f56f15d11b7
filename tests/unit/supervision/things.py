"""Devices, rosters and plans with everything but the point of a test left at its usual value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from audio_rtsp.alsa.capability import Altset, Capability, RateList
from audio_rtsp.config.load import Configuration, resolve
from audio_rtsp.config.sources import Sources, read_sources
from audio_rtsp.config.values import Values
from audio_rtsp.devices.device import Device, DeviceState
from audio_rtsp.supervision.plan import StreamPlan, plan_stream

HERE = Path("/")


def capability(*channels: int) -> Capability:
    return Capability((Altset(formats=("S16_LE",), channels=channels, rates=RateList((48000,))),))


def device(
    number: int,
    *,
    name: str = "",
    state: DeviceState = DeviceState.FREE,
    reason: str = "",
    channels: tuple[int, ...] | None = (1,),
    card_index: int | None = None,
) -> Device:
    return Device(
        identity=f"usb_{number:04d}",
        name=name or f"mic_{number}",
        card_id=f"Mic{number}",
        card_index=number if card_index is None else card_index,
        pcm=None if state is DeviceState.NO_CAPTURE else 0,
        description=f"Microphone {number}",
        bus="usb",
        port=f"1-{number}",
        capability=capability(*channels) if channels else None,
        state=state,
        reason=reason,
    )


def configuration(folder: Path, files: Mapping[str, str] | None = None, **overrides: str) -> Configuration:
    """What the text of some files makes."""
    for name, text in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    sources: Sources = read_sources(folder)
    return resolve(sources, environ={}, overrides=overrides)


def plan(name: str = "mic", values: Values | None = None, identity: str = "") -> StreamPlan:
    made, _ = plan_stream(
        name=name,
        identity=identity or f"usb_{name}",
        description="Microphone",
        values=values or Values(),
        device_channels=(1, 2),
    )
    return made
