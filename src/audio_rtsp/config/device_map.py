"""The device map: which identity has which stream name; a line each, ``IDENTITY=NAME``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from audio_rtsp.config.complaint import Complaint, quoted
from audio_rtsp.config.keyvalue import Line, parse_lines, set_key
from audio_rtsp.errors import BadName
from audio_rtsp.stream_name import WHAT_A_NAME_IS, is_stream_name, nearest_name

IDENTITY = r"[^\s=#\x00-\x1f\x7f]+"
FILE = "device_map.conf"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEntry:
    """One device's name and the line it stands in."""

    identity: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class DeviceMap:
    """The names that count, in the order of the file; no identity and no name is there twice."""

    entries: tuple[MapEntry, ...] = ()

    def name_of(self, identity: str) -> str | None:
        """The name of exactly this identity."""
        return next((entry.name for entry in self.entries if entry.identity == identity), None)

    @property
    def names(self) -> frozenset[str]:
        """All names that are taken."""
        return frozenset(entry.name for entry in self.entries)

    def has_room_for(self, entry: MapEntry) -> bool:
        """Whether neither its identity nor its name is there."""
        return entry.name not in self.names and self.name_of(entry.identity) is None


def parse_device_map(data: bytes, file: str = FILE) -> tuple[DeviceMap, tuple[Complaint, ...]]:
    """Read the map; of two lines with the same identity or name the last one counts."""
    good: list[MapEntry] = []
    complaints: list[Complaint] = []
    for line in parse_lines(data, IDENTITY):
        says = tuple(_objections(line, good))
        complaints += [Complaint(f"{file}:{line.number}", text) for text in says]
        if line.key and not line.fault and is_stream_name(line.value.text):
            good = _with_entry(good, MapEntry(identity=line.key, name=line.value.text, line=line.number))
    return DeviceMap(tuple(good)), tuple(complaints)


def set_entry(data: bytes, identity: str, name: str) -> bytes:
    """Give *identity* its *name* in its own line; every other byte stays. Raises BadName."""
    if not is_stream_name(name):
        raise BadName(name)
    return set_key(data, identity, name, IDENTITY)


def _objections(line: Line, before: list[MapEntry]) -> Iterator[str]:
    if line.fault:
        yield f"{line.fault.replace('KEY=VALUE', 'DEVICE=NAME')}: {quoted(line.text.strip())}"
    elif line.key and not is_stream_name(line.value.text):
        yield f"{quoted(line.value.text)} cannot be a name; {_better_name(line.value.text)}"
    for entry in before if line.key and not line.fault else ():
        if entry.identity == line.key:
            yield f"{quoted(line.key)} stands in line {entry.line} too; this line counts"
        elif entry.name == line.value.text:
            yield f"{entry.name} is the name of {quoted(entry.identity)} in line {entry.line} too; this line counts"


def _better_name(text: str) -> str:
    better = nearest_name(text)
    return f"did you mean {better}?" if better else WHAT_A_NAME_IS


def _with_entry(entries: list[MapEntry], new: MapEntry) -> list[MapEntry]:
    return [entry for entry in entries if entry.identity != new.identity and entry.name != new.name] + [new]
