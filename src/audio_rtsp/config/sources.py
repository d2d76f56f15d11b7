"""The owner's files as they lie in the folder, before anything is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from audio_rtsp.config import blacklist, device_map
from audio_rtsp.config.backup import how_to_restore
from audio_rtsp.config.complaint import Complaint, quoted
from audio_rtsp.config.damage import damage
from audio_rtsp.config.owner_file import Unread, read_owner_file
from audio_rtsp.errors import why
from audio_rtsp.stream_name import WHAT_A_NAME_IS, is_stream_name, nearest_name

CONFIG = "config"
DEVICES = "devices"
SUFFIX = ".conf"
EMPTIED = "it is empty, as when an editor found the disk full; for the defaults delete it"
"""Of the global file alone: taken for a wish, it would move the port and take the password away."""

Text = bytes | Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What stands in each file; ``devices`` by stream name, or why the directory cannot be read."""

    config: Text = b""
    device_map: Text = b""
    blacklist: Text = b""
    devices: Mapping[str, Text] | Unread = field(default_factory=dict)
    complaints: tuple[Complaint, ...] = ()

    def with_file(self, stream: str | None, data: bytes) -> Sources:
        """The same with another global file, or another device file of *stream*."""
        if stream is None:
            return replace(self, config=data)
        devices = {} if isinstance(self.devices, Unread) else self.devices
        return replace(self, devices={**devices, stream: data})


def settings_file(folder: Path, stream: str | None) -> Path:
    """The global file, or the device file of *stream*."""
    return folder / (CONFIG if stream is None else device_file(stream))


def device_file(stream: str) -> str:
    """What complaints call the device file of *stream*."""
    return f"{DEVICES}/{stream}{SUFFIX}"


def read_sources(folder: Path) -> Sources:
    """Read every file; what is missing is empty."""
    names = _device_file_names(folder / DEVICES)
    stems = [] if isinstance(names, Unread) else [name.removesuffix(SUFFIX) for name in names]
    return Sources(
        config=_text(folder / CONFIG),
        device_map=_text(folder / device_map.FILE),
        blacklist=_text(folder / blacklist.FILE),
        devices=names
        if isinstance(names, Unread)
        else {stem: _text(settings_file(folder, stem)) for stem in stems if is_stream_name(stem)},
        complaints=tuple(_misnamed(stem) for stem in stems if not is_stream_name(stem)),
    )


def _text(path: Path) -> Text:
    """The bytes of one of the owner's files, none when it is missing; one that is no such file any more is Unread."""
    data = read_owner_file(path)
    if data is None or isinstance(data, Unread):
        return data or b""
    fault = emptied(path, data) or damage(path.name, data)
    return Unread(fault, how_to_restore(path)) if fault else data


def emptied(path: Path, data: bytes) -> str:
    """What is wrong with *data* as the global file; empty when nothing is."""
    return EMPTIED if path.name == CONFIG and not data else ""


def _device_file_names(folder: Path) -> list[str] | Unread:
    """Sorted names that end in ``.conf``; hidden files and all others are not ours."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        return Unread(why(error))
    return [name for name in names if name.endswith(SUFFIX) and not name.startswith(".")]


def _misnamed(stem: str) -> Complaint:
    better = nearest_name(stem)
    fix = f"rename it to {better}{SUFFIX}" if better else WHAT_A_NAME_IS
    return Complaint(DEVICES, f"{quoted(stem + SUFFIX)} is not read, no stream can have this name; {fix}")
