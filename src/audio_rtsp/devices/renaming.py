"""Giving a device a name in the owner's map; its settings file goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.config.device_map import FILE, WHAT_A_NAME_IS, DeviceMap, is_stream_name, set_entry
from audio_rtsp.config.edit import change_file
from audio_rtsp.config.owner_file import why
from audio_rtsp.config.sources import device_file, settings_file
from audio_rtsp.errors import BadName, NameTaken, NotWritable


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """``key`` is the entry to write: the whole identity, or the short form that the owner's map has already."""

    key: str
    old: str
    new: str


def plan_renaming(identity: str, new: str, names: Mapping[str, str], device_map: DeviceMap) -> Renaming:
    """Raises BadName when *new* is no name, NameTaken when it is another device's."""
    if not is_stream_name(new):
        raise BadName(new, WHAT_A_NAME_IS)
    old = names.get(identity, "")
    entry = next((entry for entry in device_map.entries if entry.name == old), None)
    key = entry.identity if entry else identity
    holder = next((other for other, name in names.items() if name == new and other not in (identity, key)), None)
    if holder is not None:
        raise NameTaken(new, f"it is the name of {holder}")
    return Renaming(key=key, old=old, new=new)


def apply_renaming(folder: Path, renaming: Renaming) -> bool:
    """Move the settings file, write the map; False when nothing changed. Raises NameTaken, NotReadable, NotWritable."""
    moved = _move_settings(folder, renaming.old, renaming.new)
    try:
        return change_file(folder / FILE, lambda data: set_entry(data, renaming.key, renaming.new))
    except BaseException:
        if moved:
            _move_settings(folder, renaming.new, renaming.old)
        raise


def _move_settings(folder: Path, old: str, new: str) -> bool:
    if not old or old == new:
        return False
    before, after = settings_file(folder, old), settings_file(folder, new)
    if after.exists():
        raise NameTaken(new, f"{device_file(new)} is there already")
    if not before.exists():
        return False
    try:
        before.rename(after)
    except OSError as error:
        raise NotWritable(str(after), why(error), error.errno) from error
    return True
