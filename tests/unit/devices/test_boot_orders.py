"""The six microphones of machine 06, two of them twins, in the orders of many boots."""

from __future__ import annotations

import random
from dataclasses import replace

from audio_rtsp.alsa.inventory import CapturePcm, Inventory, SoundCard, read_inventory
from audio_rtsp.config.blacklist import Blacklist
from audio_rtsp.config.device_map import DeviceMap
from audio_rtsp.devices.memory import DeviceMemory
from audio_rtsp.devices.roster import Roster, call_roll
from machines.machine import machine
from unit.alsa.restart import after_a_restart

ALL = read_inventory(machine("06")).pcms


def numbered(pcms: list[CapturePcm]) -> Inventory:
    """The same devices, with card numbers and ids in the order of arrival, as the kernel gives them."""
    arrived = [_arrived(pcm, index) for index, pcm in enumerate(pcms)]
    return Inventory(cards=tuple(pcm.sound_card for pcm in arrived), pcms=tuple(arrived))


def _arrived(pcm: CapturePcm, index: int) -> CapturePcm:
    card: SoundCard = pcm.sound_card
    moved = replace(card, card=replace(card.card, index=index, id=f"Device_{index}"))
    return replace(pcm, sound_card=moved, pcm=replace(pcm.pcm, card_index=index))


def roll(pcms: list[CapturePcm], memory: DeviceMemory) -> tuple[Roster, DeviceMemory]:
    return call_roll(numbered(pcms), DeviceMap(), Blacklist(), memory)


def names(roster: Roster) -> dict[str, str]:
    return {one.port: one.name for one in roster.devices}


def test_without_any_memory_the_names_do_not_depend_on_the_order() -> None:
    order = random.Random(1)
    first = names(roll(list(ALL), DeviceMemory())[0])
    # the card without strings is named by its card id, that is by the kernel
    nameless = next(pcm.found.port for pcm in ALL if not pcm.sound_card.product)
    for _ in range(20):
        shuffled = names(roll(order.sample(ALL, len(ALL)), DeviceMemory())[0])
        assert {**shuffled, nameless: ""} == {**first, nameless: ""}


def test_in_twenty_boots_card_by_card_every_port_keeps_its_name() -> None:
    order = random.Random(2)
    roster, memory = roll(list(ALL), DeviceMemory())
    expected = names(roster)
    assert len(set(expected.values())) == 6
    for _ in range(20):
        memory = replace(memory, identities=after_a_restart(memory.identities))
        arriving = order.sample(ALL, len(ALL))
        for count in range(1, 7):
            roster, memory = roll(arriving[:count], memory)
            assert names(roster).items() <= expected.items()


def test_a_microphone_pulled_and_put_back_keeps_its_name_under_another_number() -> None:
    roster, memory = roll(list(ALL), DeviceMemory())
    expected = names(roster)
    for pulled in ALL:
        rest = [pcm for pcm in ALL if pcm is not pulled]
        _, memory = roll(rest, memory)
        roster, memory = roll([pulled, *rest], memory)
        assert names(roster) == expected
