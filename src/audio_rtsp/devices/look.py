"""One look at the machine: what devices there are now, and what to remember of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.alsa.inventory import read_inventory
from audio_rtsp.config.load import Configuration
from audio_rtsp.devices.memory import DeviceMemory
from audio_rtsp.devices.probe import probe, unknown_devices
from audio_rtsp.devices.roster import Roster, call_roll


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The roster, and the memory for the next look; save it when it differs from the one before."""

    roster: Roster
    memory: DeviceMemory


def look(root: Path, configuration: Configuration, memory: DeviceMemory) -> Looked:
    """Read /proc and /sys under *root*; opens no device and starts no program. Takes a few milliseconds."""
    roster, after = call_roll(read_inventory(root), configuration.device_map, configuration.blacklist, memory)
    return Looked(roster=roster, memory=after)


async def look_and_ask(root: Path, configuration: Configuration, memory: DeviceMemory) -> Looked:
    """The same, and devices of unknown capability are asked by opening them; never for another machine's tree."""
    looked = look(root, configuration, memory)
    unknown = unknown_devices(looked.roster)
    return look(root, configuration, await probe(unknown, looked.memory)) if unknown else looked
