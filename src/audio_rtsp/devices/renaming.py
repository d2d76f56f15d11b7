"""Giving a device a name in the owner's map; its settings file goes with it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.alsa.naming import fitting
from audio_rtsp.config.device_map import FILE, DeviceMap, set_entry
from audio_rtsp.config.edit import change_file
from audio_rtsp.config.sources import device_file, settings_file
from audio_rtsp.errors import BadName, NameTaken, NotWritable
from audio_rtsp.stream_name import is_stream_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """``key`` is the entry to write: the whole identity, or the short form that the owner's map has already."""

    key: str
    old: str
    new: str


def plan_renaming(identity: str, new: str, names: Mapping[str, str], device_map: DeviceMap) -> Renaming:
    """Raises BadName when *new* is no name, NameTaken when it is another device's."""
    if not is_stream_name(new):
        raise BadName(new)
    old = names.get(identity, "")
    mine = (entry.identity for entry in device_map.entries if entry.name == old)
    key = next((key for key in mine if identity == key or identity in fitting(key, names)), identity)
    holder = next((other for other, name in names.items() if name == new and other not in (identity, key)), None)
    if holder is not None:
        raise NameTaken(new, f"it is the name of {holder}")
    return Renaming(key=key, old=old, new=new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """``adopted``: the settings file that was written for the new name before any device had it; else empty."""

    changed: bool
    adopted: str = ""


def apply_renaming(folder: Path, renaming: Renaming) -> Renamed:
    """Move the settings file, write the map. Raises NameTaken, NotReadable, NotWritable."""
    adopted = _adopted(folder, renaming)
    moved = not adopted and _move_settings(folder, renaming.old, renaming.new)
    try:
        changed = change_file(folder / FILE, lambda data: set_entry(data, renaming.key, renaming.new))
    except BaseException:
        if moved:
            _move_settings(folder, renaming.new, renaming.old)
        raise
    return Renamed(changed=changed, adopted=adopted if changed else "")


def _adopted(folder: Path, renaming: Renaming) -> str:
    """A file of the new name is the device's own from now on, unless it has one already."""
    if renaming.old == renaming.new or not settings_file(folder, renaming.new).exists():
        return ""
    if renaming.old and settings_file(folder, renaming.old).exists():
        raise _two_files(folder, renaming)
    return device_file(renaming.new)


def _two_files(folder: Path, renaming: Renaming) -> NameTaken:
    old, new = (shlex.quote(str(settings_file(folder, name))) for name in (renaming.old, renaming.new))
    sudo = "" if os.access(settings_file(folder, renaming.old).parent, os.W_OK) else "sudo "
    return NameTaken(
        renaming.new,
        f"both {device_file(renaming.old)} and {device_file(renaming.new)} are there, and one must go",
        fix=f"{sudo}rm {new}, or {sudo}rm {old}; then type the same again",
    )


def _move_settings(folder: Path, old: str, new: str) -> bool:
    if not old or old == new:
        return False
    before, after = settings_file(folder, old), settings_file(folder, new)
    if not before.exists():
        return False
    try:
        before.rename(after)
    except OSError as error:
        raise NotWritable(str(after), error) from error
    return True
