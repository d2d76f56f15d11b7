"""A file that is no settings file any more: what it seems to be. Pure."""

from __future__ import annotations

from audio_rtsp.config import blacklist, device_map
from audio_rtsp.config.device_map import IDENTITY
from audio_rtsp.config.guess import nearest
from audio_rtsp.config.keyvalue import KEY, Line, parse_lines
from audio_rtsp.config.settings import BY_KEY
from audio_rtsp.config.wreck import no_text


def damage(name: str, data: bytes) -> str:
    """What *data* seems to be instead of the owner's file *name*; empty when a part of it can be used."""
    return no_text(data) or ("" if name == blacklist.FILE else _without_sense(name, data))


def _without_sense(name: str, data: bytes) -> str:
    """A single line of sense is enough: then each other line has its own complaint."""
    is_map = name == device_map.FILE
    lines = parse_lines(data, IDENTITY if is_map else KEY)
    written = [line for line in lines if line.key or line.fault]
    if not written or any(bool(line.key) if is_map else _is_meant(line) for line in written):
        return ""
    return f"not one line of it is {'DEVICE=NAME' if is_map else 'a setting (KEY=VALUE)'}"


def _is_meant(line: Line) -> bool:
    return line.key in BY_KEY or bool(line.key and nearest(line.key))
