"""All devices of this machine, under their names, wanted or not. Pure: nothing is read or written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from audio_rtsp.alsa.identity import IdentifiedPcm, identify
from audio_rtsp.alsa.inventory import Inventory
from audio_rtsp.alsa.memory import Memory
from audio_rtsp.alsa.naming import Nameable, Naming, assign_names
from audio_rtsp.config import blacklist as blacklist_file
from audio_rtsp.config import device_map as map_file
from audio_rtsp.config.blacklist import Blacklist, BlacklistEntry, match
from audio_rtsp.config.device_map import DeviceMap, MapEntry
from audio_rtsp.devices.device import Device, DeviceState, capture_device, card_without_capture
from audio_rtsp.devices.memory import DeviceMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All devices in the order of their cards; what the owner wrote that cannot be, and that fits none of them."""

    devices: tuple[Device, ...] = ()
    complaints: tuple[str, ...] = ()
    unmatched_blacklist: tuple[BlacklistEntry, ...] = ()
    unseen_map_entries: tuple[MapEntry, ...] = ()


def call_roll(
    inventory: Inventory, device_map: DeviceMap, blacklist: Blacklist, memory: DeviceMemory
) -> tuple[Roster, DeviceMemory]:
    """Combine what is there, what the owner wrote and what we remember; returns what to remember next."""
    identified, identities = identify([pcm.found for pcm in inventory.pcms], memory.identities)
    naming = _name(inventory, identified, device_map, memory)
    devices = [*_capturing(inventory, identified, naming, memory), *_not_capturing(inventory)]
    roster = Roster(
        devices=tuple(_judged(one, blacklist) for one in sorted(devices, key=_place)),
        complaints=tuple(_map_complaints(naming, device_map)),
        unmatched_blacklist=tuple(
            entry for entry in blacklist.entries if not any(_keeps_out(entry, one) for one in devices)
        ),
        unseen_map_entries=tuple(entry for entry in device_map.entries if entry.identity in naming.unseen),
    )
    return roster, replace(memory, identities=identities, names=naming.given)


def as_wished(device: Device, device_map: DeviceMap, blacklist: Blacklist) -> Device:
    """A device that is away, under the name and the judgement that the owner's files give it now."""
    name = device_map.name_of(device.identity) or device.name
    is_pardoned = device.state is DeviceState.IGNORED
    free = replace(device, state=DeviceState.FREE, reason="") if is_pardoned else device
    return _judged(replace(free, name=name), blacklist)


def _name(
    inventory: Inventory, identified: Iterable[IdentifiedPcm], device_map: DeviceMap, memory: DeviceMemory
) -> Naming:
    products = {card.card.index: card.product for card in inventory.cards}
    nameable = [
        Nameable(
            identity=one.identity,
            product=products[one.found.card_index],
            card_id=one.found.card_id,
            port=one.found.port,
            pcm=one.found.pcm,
            is_further=one.is_further,
        )
        for one in identified
    ]
    owner = {entry.identity: entry.name for entry in device_map.entries}
    return assign_names(nameable, owner, memory.names, {one.key for one in memory.identities.known})


def _capturing(
    inventory: Inventory, identified: Iterable[IdentifiedPcm], naming: Naming, memory: DeviceMemory
) -> Iterator[Device]:
    pcms = {(pcm.pcm.card_index, pcm.pcm.device): pcm for pcm in inventory.pcms}
    for one in identified:
        yield capture_device(pcms[one.found.card_index, one.found.pcm], one, naming.names[one.identity], memory)


def _not_capturing(inventory: Inventory) -> Iterator[Device]:
    """Their keys are for reading only: nothing is remembered of them."""
    cards = {card.card.index: card for card in inventory.cards if card.reason}
    for one in identify([card.found(0) for card in cards.values()], Memory())[0]:
        yield card_without_capture(cards[one.found.card_index], one.identity)


def _place(device: Device) -> tuple[int, int]:
    return device.card_index, -1 if device.pcm is None else device.pcm


def _judged(device: Device, blacklist: Blacklist) -> Device:
    entry = next((entry for entry in blacklist.entries if _keeps_out(entry, device)), None)
    if entry is None:
        return device
    return replace(device, state=DeviceState.IGNORED, reason=f"{blacklist_file.FILE}:{entry.line}: {entry.text}")


def _keeps_out(entry: BlacklistEntry, device: Device) -> bool:
    """``bcm2835_headpho``, the documentation's own example, is the name of a driver."""
    return any(
        match(entry, card_id=device.card_id, card_name=name, identity=device.identity, stream_name=device.name)
        for name in (device.card_name, device.description, device.driver)
    )


def _map_complaints(naming: Naming, device_map: DeviceMap) -> Iterator[str]:
    for entry in device_map.entries:
        if entry.identity in naming.complaints:
            yield f"{map_file.FILE}:{entry.line}: {naming.complaints[entry.identity]}"
