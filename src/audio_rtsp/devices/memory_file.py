"""The state folder: ``identities.json``, and ``device_map.conf`` with the names that we gave.

Reading never changes anything and never fails: what is broken is told, and set aside at the next writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from audio_rtsp.alsa.capability import Capability
from audio_rtsp.alsa.memory import Memory
from audio_rtsp.config.damage import damage
from audio_rtsp.config.device_map import FILE as NAMES
from audio_rtsp.config.device_map import parse_device_map, set_entry
from audio_rtsp.config.owner_file import Unread, read_owner_file
from audio_rtsp.devices.memory import DeviceMemory
from audio_rtsp.devices.memory_text import parse_memory, render_memory
from audio_rtsp.errors import why
from audio_rtsp.host.atomic_file import write_atomic

IDENTITIES = "identities.json"
_HEADER = b"# Names that audio-rtsp gave. To give one yourself: audio-rtsp device name ID NAME\n"
GIVE = "audio-rtsp device name ID NAME"
ANEW = f"names are kept, but where several microphones are alike one may need its own again: {GIVE}"
NAMED_ANEW = f"microphones get names anew; another one: {GIVE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedMemory:
    """The memory, empty where nothing could be read, and what was wrong."""

    memory: DeviceMemory = field(default_factory=DeviceMemory)
    complaints: tuple[str, ...] = ()


def load_memory(folder: Path) -> LoadedMemory:
    """Read the state folder."""
    identities, capabilities, fault = _read_identities(folder / IDENTITIES)
    names, complaints = _read_names(folder / NAMES)
    return LoadedMemory(
        memory=DeviceMemory(identities=identities, capabilities=capabilities, names=names),
        complaints=(*((fault,) if fault else ()), *complaints),
    )


def save_memory(folder: Path, memory: DeviceMemory) -> tuple[str, ...]:
    """Write what differs from what is there; returns complaints, and the program works on with what it knows."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _save_identities(folder / IDENTITIES, memory) + _save_names(folder / NAMES, memory.names)
    except OSError as error:
        return (f"{folder}: cannot be written ({why(error)}); names may change after a restart",)


def _read_identities(path: Path) -> tuple[Memory, dict[str, Capability], str]:
    data = read_owner_file(path)
    if data is None:
        return Memory(), {}, ""
    if isinstance(data, Unread):
        return Memory(), {}, _unread(path, data)
    try:
        return *parse_memory(data), ""
    except ValueError as error:
        return Memory(), {}, _broken(path, f"not as we write it ({error})", ANEW)


def _read_names(path: Path) -> tuple[Mapping[str, str], tuple[str, ...]]:
    data = read_owner_file(path)
    if isinstance(data, Unread):
        return {}, (_unread(path, data),)
    if fault := damage(NAMES, data or b""):
        return {}, (_broken(path, fault, NAMED_ANEW),)
    names, complaints = parse_device_map(data or b"", str(path))
    return {entry.identity: entry.name for entry in names.entries}, tuple(map(str, complaints))


def _save_identities(path: Path, memory: DeviceMemory) -> tuple[str, ...]:
    before, after = read_owner_file(path), render_memory(memory.identities, memory.capabilities)
    if isinstance(before, Unread):
        return (_unread(path, before),)
    if before is not None and _is_broken(before):
        path.replace(path.with_name(f"{path.name}.broken"))
    if before != after:
        write_atomic(path, after)
    return ()


def _is_broken(data: bytes) -> bool:
    try:
        parse_memory(data)
    except ValueError:
        return True
    return False


def _save_names(path: Path, names: Mapping[str, str]) -> tuple[str, ...]:
    before = read_owner_file(path)
    if isinstance(before, Unread):
        return (_unread(path, before),)
    if before and damage(NAMES, before):
        path.replace(path.with_name(f"{path.name}.broken"))
        before = None
    known = parse_device_map(before or b"")[0]
    after = before or _HEADER
    for identity, name in names.items():
        if known.name_of(identity) != name:
            after = set_entry(after, identity, name)
    if names and after != before:
        write_atomic(path, after)
    return ()


def _broken(path: Path, fault: str, afterwards: str) -> str:
    return f"{path}: {fault}; it will be set aside as {path.name}.broken; {afterwards}"


def _unread(path: Path, data: Unread) -> str:
    return f"{path}: cannot be read ({data.why}); it is left as it is"
