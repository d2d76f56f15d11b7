from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.alsa.identity import FoundPcm, UsbDevice, identify
from audio_rtsp.alsa.memory import Memory
from unit.alsa.restart import after_a_restart

PORTS = [f"pci-0000:00:1d.{host}-usb-0:{port}" for host in (0, 1) for port in ("1", "2", "10", "3.1")]


def mic(port: str, serial: str | None = "", *, pid: str = "0003", index: int = 0, pcm: int = 0) -> FoundPcm:
    usb = UsbDevice(vid="1209", pid=pid, serial=serial)
    return FoundPcm(card_index=index, card_id=f"Card{index}", pcm=pcm, bus="usb", port=port, usb=usb)


def boot(memory: Memory, present: Sequence[FoundPcm]) -> tuple[dict[str, str], Memory]:
    """The key at each port, and the memory after it."""
    identified, after = identify(present, memory)
    return {one.found.port: one.identity for one in identified}, after


def one_by_one(memory: Memory, present: Sequence[FoundPcm]) -> tuple[dict[str, str], Memory]:
    """The cards come up in this order, with a look after each."""
    keys: dict[str, str] = {}
    for count in range(1, len(present) + 1):
        keys, memory = boot(memory, present[:count])
    return keys, memory


def test_a_credible_serial_is_the_key_at_every_port() -> None:
    keys, memory = boot(Memory(), [mic("A", "LAB0001")])
    assert keys == {"A": "usb_audio_12090003_LAB0001"}
    assert boot(memory, [mic("B", "LAB0001")])[0] == {"B": "usb_audio_12090003_LAB0001"}


def test_without_a_serial_the_port_is_part_of_the_key() -> None:
    assert boot(Memory(), [mic("A"), mic("B")])[0] == {"A": "usb_audio_12090003_at_A", "B": "usb_audio_12090003_at_B"}


def test_two_of_one_serial_are_told_apart_by_their_ports() -> None:
    assert boot(Memory(), [mic("A", "S1"), mic("B", "S1")])[0] == {
        "A": "usb_audio_12090003_S1_at_A",
        "B": "usb_audio_12090003_S1_at_B",
    }


def test_when_a_twin_appears_the_first_one_keeps_its_key() -> None:
    for serial in ("", "S1"):
        keys, memory = boot(Memory(), [mic("B", serial)])
        first = keys["B"]
        keys, memory = boot(memory, [mic("A", serial), mic("B", serial)])
        assert keys["B"] == first != keys["A"]
        assert boot(after_a_restart(memory), [mic("A", serial)])[0] == {"A": keys["A"]}
        assert boot(after_a_restart(memory), [mic("B", serial)])[0] == {"B": first}


def test_a_lone_device_without_serial_keeps_its_key_at_another_port() -> None:
    _, memory = boot(Memory(), [mic("A")])
    keys, memory = boot(memory, [mic("B")])
    assert keys == {"B": "usb_audio_12090003_at_A"}
    assert boot(memory, [mic("C")])[0] == {"C": "usb_audio_12090003_at_A"}


def test_a_twin_at_the_port_that_a_device_left_gets_a_key_of_its_own() -> None:
    _, memory = boot(Memory(), [mic("A")])
    _, memory = boot(memory, [mic("B")])
    keys, memory = boot(memory, [mic("A"), mic("B")])
    assert keys == {"A": "usb_audio_12090003_at_A_2", "B": "usb_audio_12090003_at_A"}
    assert boot(after_a_restart(memory), [mic("B"), mic("A")])[0] == keys


def test_after_a_clash_a_device_at_a_new_port_is_a_new_device() -> None:
    _, memory = boot(Memory(), [mic("A"), mic("B")])
    assert boot(memory, [mic("C")])[0] == {"C": "usb_audio_12090003_at_C"}


def test_with_two_candidates_at_new_ports_nobody_inherits() -> None:
    _, memory = boot(Memory(), [mic("A")])
    keys, memory = boot(memory, [mic("B"), mic("C")])
    assert keys == {"B": "usb_audio_12090003_at_B", "C": "usb_audio_12090003_at_C"}
    assert boot(memory, [mic("A")])[0] == {"A": "usb_audio_12090003_at_A"}


def test_a_twin_added_while_the_power_was_off_takes_no_key_though_it_comes_up_first() -> None:
    _, memory = boot(Memory(), [mic("B")])
    keys, _ = one_by_one(after_a_restart(memory), [mic("A"), mic("B")])
    assert keys == {"A": "usb_audio_12090003_at_A", "B": "usb_audio_12090003_at_B"}


def test_a_move_while_the_power_was_off_is_a_move_from_the_next_start_on() -> None:
    _, memory = boot(Memory(), [mic("A")])
    keys, memory = boot(after_a_restart(memory), [mic("B")])
    assert keys == {"B": "usb_audio_12090003_at_A"}
    keys, _ = one_by_one(after_a_restart(memory), [mic("A"), mic("B")])
    assert keys == {"A": "usb_audio_12090003_at_A_2", "B": "usb_audio_12090003_at_A"}


def test_further_pcms_and_cards_of_one_device_have_suffixes() -> None:
    usb = UsbDevice(vid="1209", pid="0003", serial="S1")
    found = [
        FoundPcm(card_index=4, card_id="X_1", pcm=2, bus="usb", port="A", usb=usb, interface=4),
        FoundPcm(card_index=4, card_id="X_1", pcm=1, bus="usb", port="A", usb=usb, interface=4),
        FoundPcm(card_index=5, card_id="X", pcm=3, bus="usb", port="A", usb=usb, interface=0),
        FoundPcm(card_index=5, card_id="X", pcm=5, bus="usb", port="A", usb=usb, interface=0),
    ]
    assert {
        (one.found.card_index, one.found.pcm): (one.identity, one.is_further) for one in identify(found, Memory())[0]
    } == {
        (5, 3): ("usb_audio_12090003_S1", False),
        (5, 5): ("usb_audio_12090003_S1_pcm5", True),
        (4, 1): ("usb_audio_12090003_S1_if4", True),
        (4, 2): ("usb_audio_12090003_S1_if4_pcm2", True),
    }


def test_other_cards_are_known_by_their_bus_path() -> None:
    found = [
        FoundPcm(card_index=0, card_id="Loopback", pcm=0, bus="platform", port="platform-snd_aloop.0"),
        FoundPcm(card_index=0, card_id="Loopback", pcm=1, bus="platform", port="platform-snd_aloop.0"),
        FoundPcm(card_index=1, card_id="Odd id", pcm=0),
    ]
    assert [one.identity for one in identify(found, Memory())[0]] == [
        "card_Odd_id",
        "platform-snd_aloop.0",
        "platform-snd_aloop.0_pcm1",
    ]


def test_two_cards_behind_one_bus_path_do_not_share_a_key() -> None:
    found = [FoundPcm(card_index=index, card_id=f"C{index}", pcm=0, bus="pci", port="pci-1") for index in (1, 0)]
    assert {one.found.card_id: one.identity for one in identify(found, Memory())[0]} == {"C0": "pci-1", "C1": "pci-1_2"}


def test_when_sys_is_out_of_reach_the_device_last_at_the_port_stands_for_itself() -> None:
    _, memory = boot(Memory(), [mic("A", "S1")])
    keys, after = boot(memory, [mic("A", None)])
    assert keys == {"A": "usb_audio_12090003_S1"}
    assert after.known == memory.known
    assert boot(Memory(), [mic("A", None)])[0] == {"A": "usb_audio_12090003_at_A"}


devices = st.lists(
    st.builds(
        lambda port, serial, pid: (port, serial, pid),
        st.sampled_from(PORTS),
        st.sampled_from(["", "0000", "S1", "S2", "S2_at_A", "S1_pcm1"]),
        st.sampled_from(["0003", "0004"]),
    ),
    min_size=1,
    max_size=len(PORTS),
    unique_by=lambda device: device[0],
)


def plugged(world: Sequence[tuple[str, str, str]], order: random.Random) -> list[FoundPcm]:
    """The same devices as another boot numbers them."""
    shuffled = order.sample(list(world), len(world))
    return [mic(port, serial, pid=pid, index=index) for index, (port, serial, pid) in enumerate(shuffled)]


@given(devices, st.randoms(use_true_random=False))
def test_order_and_numbers_of_the_cards_do_not_matter(world: list[tuple[str, str, str]], order: random.Random) -> None:
    keys, memory = boot(Memory(), plugged(world, order))
    assert len(set(keys.values())) == len(world)
    for _ in range(3):
        assert boot(Memory(), plugged(world, order)) == (keys, memory)


@given(devices, st.randoms(use_true_random=False))
def test_keys_never_change_hands_in_twenty_boots(world: list[tuple[str, str, str]], order: random.Random) -> None:
    keys, memory = one_by_one(Memory(), plugged(world, order))
    assert len(set(keys.values())) == len(world)
    for _ in range(20):
        present = plugged(world, order)
        memory = after_a_restart(memory)
        for count in range(1, len(present) + 1):
            now, memory = boot(memory, present[:count])
            assert now == {one.port: keys[one.port] for one in present[:count]}


@given(devices, st.data(), st.randoms(use_true_random=False))
def test_devices_added_while_the_power_was_off_take_no_key(
    world: list[tuple[str, str, str]], data: st.DataObject, order: random.Random
) -> None:
    first = data.draw(st.lists(st.sampled_from(world), min_size=1, unique=True))
    keys, memory = one_by_one(Memory(), plugged(first, order))
    together, memory = one_by_one(after_a_restart(memory), plugged(world, order))
    assert {port: key for port, key in together.items() if port in keys} == keys
    assert len(set(together.values())) == len(world)


@given(devices, st.lists(st.lists(st.integers(0, 7), unique=True), max_size=12), st.randoms(use_true_random=False))
def test_plugging_and_unplugging_never_gives_two_devices_one_key(
    world: list[tuple[str, str, str]], steps: list[list[int]], order: random.Random
) -> None:
    memory = Memory()
    for step in steps:
        present = plugged([world[at] for at in step if at < len(world)], order)
        keys, memory = boot(memory, present)
        assert len(set(keys.values())) == len(present)
        assert boot(memory, present) == (keys, memory)


serials = st.one_of(st.none(), st.text(max_size=4))
strange = st.builds(
    FoundPcm,
    card_index=st.integers(0, 3),
    card_id=st.text(max_size=3),
    pcm=st.integers(0, 3),
    bus=st.just("usb"),
    port=st.sampled_from(["", "A", "B"]),
    interface=st.sampled_from([None, 0, 1]),
    usb=st.one_of(st.none(), st.builds(UsbDevice, vid=st.just("1209"), pid=st.just("0003"), serial=serials)),
)


@given(st.lists(strange, max_size=6, unique_by=lambda one: (one.card_index, one.pcm)))
def test_no_card_is_too_strange(found: list[FoundPcm]) -> None:
    identified, _ = identify(found, Memory())
    assert len({one.identity for one in identified}) == len(found)
    assert identify(list(reversed(found)), Memory())[0] == identified
