"""What the owner asked for: all files, the environment and the command line made into values and complaints.

A typo never costs sound: a bad value leaves the last good one in force, else what the place below says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from audio_rtsp.config import blacklist, device_map
from audio_rtsp.config.agreement import disagreements, unfinished
from audio_rtsp.config.backup import backups_of
from audio_rtsp.config.blacklist import Blacklist, parse_blacklist
from audio_rtsp.config.complaint import Complaint
from audio_rtsp.config.device_map import IDENTITY, DeviceMap, parse_device_map
from audio_rtsp.config.keyvalue import parse_lines, split_lines
from audio_rtsp.config.layer import Reading, read_environment, read_file, read_overrides
from audio_rtsp.config.owner_file import Unread
from audio_rtsp.config.secrecy import exposure
from audio_rtsp.config.sources import CONFIG, DEVICES, EMPTIED, Sources, Text, device_file, read_sources
from audio_rtsp.config.values import Layer, OriginKind, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """What each place gives, the weakest first."""

    config: Layer = field(default_factory=dict)
    devices: Mapping[str, Layer] = field(default_factory=dict)
    environment: Layer = field(default_factory=dict)
    command_line: Layer = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One reading of everything; the next one falls back on it."""

    layers: Layers = field(default_factory=Layers)
    complaints: tuple[Complaint, ...] = ()
    device_map: DeviceMap = field(default_factory=DeviceMap)
    blacklist: Blacklist = field(default_factory=Blacklist)
    warnings: tuple[Complaint, ...] = ()
    """What is not wrong, but otherwise than the owner may think."""

    @property
    def service(self) -> Values:
        """The values of the service, and of streams without a device file."""
        return Values(self.layers.config, self.layers.environment, self.layers.command_line)

    @property
    def stream_names(self) -> frozenset[str]:
        """Streams that have a device file."""
        return frozenset(self.layers.devices)

    def for_stream(self, name: str) -> Values:
        """The values of one stream."""
        layers = self.layers
        return Values(layers.config, layers.devices.get(name, {}), layers.environment, layers.command_line)


def load(
    folder: Path,
    *,
    environ: Mapping[str, str],
    overrides: Mapping[str, str],
    previous: Configuration | None = None,
) -> Configuration:
    """Read the *folder*; never raises for what stands in it, or for what cannot be read."""
    sources = _unless_new(read_sources(folder), folder, previous)
    read = resolve(sources, environ=environ, overrides=overrides, previous=previous)
    return replace(read, warnings=(*_exposed(folder, sources), *unfinished(read.service)))


def resolve(
    sources: Sources,
    *,
    environ: Mapping[str, str],
    overrides: Mapping[str, str],
    previous: Configuration | None = None,
) -> Configuration:
    """Make the configuration of what stands in the files."""
    before = previous or Configuration()
    layers, complaints = _read_layers(sources, environ, overrides, before.layers)
    names, name_complaints = _read_map(sources.device_map, before.device_map)
    ignored, ignored_complaints = _read_blacklist(sources.blacklist, before.blacklist)
    read = Configuration(layers=layers, device_map=names, blacklist=ignored)
    found = (*complaints, *name_complaints, *ignored_complaints, *disagreements(read.service))
    return replace(read, complaints=found)


def _read_layers(
    sources: Sources, environ: Mapping[str, str], overrides: Mapping[str, str], before: Layers
) -> tuple[Layers, tuple[Complaint, ...]]:
    config = _read(sources.config, CONFIG, OriginKind.FILE, before.config)
    devices, complaints = _read_devices(sources, before.devices)
    environment = read_environment(environ, before.environment)
    command_line = read_overrides(overrides, before.command_line)
    layers = Layers(
        config=config.layer, devices=devices, environment=environment.layer, command_line=command_line.layer
    )
    return layers, config.complaints + complaints + environment.complaints + command_line.complaints


def _unless_new(sources: Sources, folder: Path, previous: Configuration | None) -> Sources:
    """An empty global file where nothing held before, and that never held anything, is a wish for the defaults."""
    held = (previous and previous.layers.config) or backups_of(folder / CONFIG)
    is_emptied = isinstance(sources.config, Unread) and sources.config.why == EMPTIED
    return replace(sources, config=b"") if is_emptied and not held else sources


def _read(text: Text, file: str, kind: OriginKind, previous: Layer) -> Reading:
    if isinstance(text, Unread):
        return Reading(layer=previous, complaints=(_unread(file, text, previous),))
    return read_file(text, file, kind, previous)


def _read_devices(sources: Sources, previous: Mapping[str, Layer]) -> tuple[Mapping[str, Layer], tuple[Complaint, ...]]:
    if isinstance(sources.devices, Unread):
        return previous, (_unread(DEVICES, sources.devices, previous),)
    readings = {
        stream: _read(text, device_file(stream), OriginKind.DEVICE_FILE, previous.get(stream, {}))
        for stream, text in sources.devices.items()
    }
    complaints = tuple(complaint for reading in readings.values() for complaint in reading.complaints)
    return {stream: reading.layer for stream, reading in readings.items()}, sources.complaints + complaints


def _read_map(text: Text, previous: DeviceMap) -> tuple[DeviceMap, tuple[Complaint, ...]]:
    if isinstance(text, Unread):
        return previous, (_unread(device_map.FILE, text, previous.entries),)
    names, complaints = parse_device_map(text)
    written = {line.key for line in parse_lines(text, IDENTITY) if line.key}
    held = [one for one in previous.entries if one.identity in written and names.has_room_for(one)]
    return DeviceMap((*names.entries, *held)), complaints


def _read_blacklist(text: Text, previous: Blacklist) -> tuple[Blacklist, tuple[Complaint, ...]]:
    if isinstance(text, Unread):
        return previous, (_unread(blacklist.FILE, text, previous.entries),)
    ignored, complaints = parse_blacklist(text)
    lines = split_lines(text)
    faulty = "".join(lines[int(one.where.rpartition(":")[2]) - 1] for one in complaints)
    there = {one.text for one in ignored.entries}
    held = [one for one in previous.entries if one.text in faulty and one.text not in there]
    return Blacklist((*ignored.entries, *held)), complaints


def _exposed(folder: Path, sources: Sources) -> tuple[Complaint, ...]:
    path, data = folder / CONFIG, sources.config
    copies = [copy.path for copy in backups_of(path)]
    return exposure(path, data if isinstance(data, bytes) else b"", copies)


def _unread(file: str, text: Unread, previous: Collection[object]) -> Complaint:
    force = "what held before stays in force" if previous else "nothing of it is in force"
    return Complaint(file, f"cannot be read ({text.why}); {force}" + (f"; fix: {text.fix}" if text.fix else ""))
