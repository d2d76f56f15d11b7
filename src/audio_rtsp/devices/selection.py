"""The device that an owner means: by its name, its identity, or a short form of that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from audio_rtsp.alsa.naming import fitting
from audio_rtsp.config.device_map import DeviceMap
from audio_rtsp.devices.device import Device
from audio_rtsp.devices.memory import DeviceMemory
from audio_rtsp.devices.roster import Roster
from audio_rtsp.errors import AmbiguousDevice, NoSuchDevice


def names_by_identity(roster: Roster, device_map: DeviceMap, memory: DeviceMemory) -> Mapping[str, str]:
    """Every device that has a name, the absent ones, too; of two with one name that which has it now comes first."""
    present = {one.identity: one.name for one in roster.devices if one.name}
    return {**present, **memory.names, **{entry.identity: entry.name for entry in device_map.entries}, **present}


def unknown_streams(streams: Iterable[str], names: Collection[str]) -> list[str]:
    """Those of *streams* that no device of these *names* has, and that are no test tones."""
    return sorted(one for one in streams if one not in names and not one.startswith("tone-"))


def select_identity(text: str, names: Mapping[str, str]) -> str:
    """The identity that *text* means. Raises NoSuchDevice, AmbiguousDevice."""
    called = [identity for identity, name in names.items() if name == text]
    found = called[:1] or [text] if called or text in names else list(fitting(text, names))
    if len(found) > 1:
        raise AmbiguousDevice(text, [f"{identity}  ({names[identity]})" for identity in found])
    if not found:
        raise NoSuchDevice(text, sorted(names.values()))
    return found[0]


def select_device(text: str, roster: Roster) -> Device:
    """The device that *text* means, of any state; a card without capture goes by its card id.

    Raises NoSuchDevice, AmbiguousDevice.
    """
    named_first = sorted(roster.devices, key=lambda one: not one.name)
    names = {one.identity: one.name or one.card_id for one in named_first}
    identity = select_identity(text, names)
    return next(one for one in roster.devices if one.identity == identity)
