"""The last good configuration, kept in the state: what a bad value or a wrecked file falls back on after a restart.

It is written as the owner's own files would be, and read by the same reader. Secrets are in it: mode 0600.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from audio_rtsp.config.keyvalue import render_value
from audio_rtsp.config.load import Configuration, Layers, resolve
from audio_rtsp.config.owner_file import Unread, read_owner_file
from audio_rtsp.config.settings import BY_KEY
from audio_rtsp.config.sources import Sources
from audio_rtsp.config.values import Given, Layer
from audio_rtsp.errors import why
from audio_rtsp.host.atomic_file import write_atomic

FILE = "last_good.json"


def load_last_good(state: Path, folder: Path) -> Configuration | None:
    """What was in force when *folder* was last read; None when nothing of use is there. Never raises."""
    data = read_owner_file(state / FILE)
    if data is None or isinstance(data, Unread):
        return None
    try:
        value = json.loads(data)
        return _configuration(value) if value["folder"] == str(folder.absolute()) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def save_last_good(state: Path, folder: Path, read: Configuration) -> tuple[str, ...]:
    """Keep what is in force, unless it is there already; returns complaints."""
    data = (json.dumps(_value(folder, read), indent=1) + "\n").encode()
    try:
        if read_owner_file(state / FILE) != data:
            state.mkdir(parents=True, exist_ok=True)
            write_atomic(state / FILE, data, mode=0o600)
    except OSError as error:
        return (
            f"{state / FILE}: cannot be written ({why(error)}); a bad value falls to its default at the next start",
        )
    return ()


def _value(folder: Path, read: Configuration) -> dict[str, Any]:
    return {
        "folder": str(folder.absolute()),
        "config": _lines(read.layers.config),
        "devices": {stream: _lines(layer) for stream, layer in sorted(read.layers.devices.items())},
        "device_map": [f"{entry.identity}={entry.name}" for entry in read.device_map.entries],
        "blacklist": [render_value(entry.text) for entry in read.blacklist.entries],
    }


def _lines(layer: Layer) -> list[str]:
    texts = {key: BY_KEY[key].render(given.value) for key, given in sorted(layer.items())}
    return [f"{key}={render_value(text)}" for key, text in texts.items()]


def _configuration(value: Mapping[str, Any]) -> Configuration:
    sources = Sources(
        config=_text(value["config"]),
        devices={stream: _text(lines) for stream, lines in value["devices"].items()},
        device_map=_text(value["device_map"]),
        blacklist=_text(value["blacklist"]),
    )
    read = resolve(sources, environ={}, overrides={})
    devices = {stream: _remembered(layer) for stream, layer in read.layers.devices.items()}
    return replace(read, layers=Layers(config=_remembered(read.layers.config), devices=devices), complaints=())


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def _remembered(layer: Layer) -> Layer:
    """The same values, without the number of a line that nobody wrote."""
    return {
        key: Given(value=given.value, origin=replace(given.origin, where=f"{_file(given.origin.where)} before"))
        for key, given in layer.items()
    }


def _file(where: str) -> str:
    return where.rpartition(":")[0]
