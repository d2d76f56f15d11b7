from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from audio_rtsp.alsa.identity import identify
from audio_rtsp.alsa.inventory import Inventory, holder_name, pcm_status, read_inventory
from audio_rtsp.alsa.memory import Memory
from audio_rtsp.alsa.pcm import PcmStatus
from machines.machine import MACHINES, copy_of, machine, with_device_links, without_links, without_proc
from unit.host.processes import few_descriptors


def identities(inventory: Inventory) -> list[str]:
    return [one.identity for one in identify([pcm.found for pcm in inventory.pcms], Memory())[0]]


@pytest.mark.parametrize("root", MACHINES, ids=lambda path: path.name)
def test_every_capture_pcm_of_the_kernel_is_found(root: Path) -> None:
    listed = root / "proc/asound/pcm"
    expected = listed.read_text().count(": capture ") if listed.exists() else 0
    assert len(read_inventory(root).pcms) == expected


def test_a_card_that_only_plays_has_a_reason() -> None:
    reasons = {card.card.id: card.reason for card in read_inventory(machine("90")).cards}
    assert reasons == {"Headphones": "it only plays", "vc4hdmi0": "it only plays", "sndrpigooglevoi": "", "Device": ""}


def test_a_card_without_pcm_has_a_reason(tmp_path: Path) -> None:
    root = copy_of("02", tmp_path)
    (root / "proc/asound/pcm").write_text("")
    assert [card.reason for card in read_inventory(root).cards] == ["it has no PCM device"]


def test_the_holder_of_an_open_pcm_is_named() -> None:
    (pcm,) = read_inventory(machine("03")).pcms
    assert (pcm.status.state, pcm.status.owner_pid, pcm.holder) == ("RUNNING", 366, "arecord")
    assert pcm_status(machine("03"), 0, 0) == pcm.status
    assert holder_name(machine("03"), 1) == holder_name(machine("03"), None) == ""


def test_a_look_without_free_descriptors_is_none_instead_of_half_a_one() -> None:
    with few_descriptors(0), pytest.raises(OSError, match="Too many open files"):
        read_inventory(machine("03"))


def test_a_pcm_whose_status_cannot_be_read_counts_as_closed() -> None:
    with few_descriptors(0):
        assert pcm_status(machine("03"), 0, 0) == PcmStatus()
        assert holder_name(machine("03"), 366) == ""


def test_a_pcm_that_is_gone_counts_as_closed() -> None:
    assert pcm_status(machine("03"), 9, 9) == PcmStatus()


@pytest.mark.parametrize("number", ["04", "05", "10", "20", "90"])
def test_a_container_without_proc_asound_sees_the_same_devices(number: str, tmp_path: Path) -> None:
    there = read_inventory(without_proc(number, tmp_path))
    assert identities(there) == identities(read_inventory(machine(number)))
    assert all(pcm.capability is None for pcm in there.pcms)
    assert {card.reason for card in there.cards} <= {"", "it only plays"}


@pytest.mark.parametrize("number", ["04", "05", "90"])
def test_a_bundle_without_links_has_the_ports_from_the_words_of_the_kernel(number: str, tmp_path: Path) -> None:
    there = read_inventory(without_links(number, tmp_path))
    whole = read_inventory(machine(number))
    assert [(pcm.found.usb.vid, pcm.found.usb.pid) for pcm in there.pcms if pcm.found.usb] == [
        (pcm.found.usb.vid, pcm.found.usb.pid) for pcm in whole.pcms if pcm.found.usb
    ]
    for pcm, same in zip(there.pcms, whole.pcms, strict=True):
        assert pcm.found.bus != "usb" or same.found.port.endswith(pcm.found.port)


@pytest.mark.parametrize("number", ["04", "20", "90"])
def test_the_device_link_of_a_card_serves_too(number: str, tmp_path: Path) -> None:
    assert identities(read_inventory(with_device_links(number, tmp_path))) == identities(
        read_inventory(machine(number))
    )


def test_a_tree_that_is_not_there_has_no_cards(tmp_path: Path) -> None:
    assert read_inventory(tmp_path / "nowhere") == Inventory()


def test_a_card_that_went_away_while_it_was_read_is_left_out(tmp_path: Path) -> None:
    root = copy_of("04", tmp_path)
    shutil.rmtree(root / "proc/asound/card2")
    (root / "sys/class/sound/card2").unlink()
    assert [pcm.found.card_index for pcm in read_inventory(root).pcms] == [0, 1, 3]


@pytest.mark.parametrize(
    "missing", ["proc/asound/card2", "sys/class/sound/card2", "proc/asound/pcm", "sys/devices", "proc/asound/cards"]
)
def test_whatever_is_missing_nothing_is_raised(missing: str, tmp_path: Path) -> None:
    root = copy_of("04", tmp_path)
    gone = root / missing
    shutil.rmtree(gone) if gone.is_dir() and not gone.is_symlink() else gone.unlink()
    assert len(read_inventory(root).pcms) >= 3


def test_the_same_device_is_the_same_after_a_restart_with_other_numbers(tmp_path: Path) -> None:
    """The two microphones of 04 without serial, with their card numbers and ids exchanged."""
    root = copy_of("04", tmp_path)
    sound = root / "sys/class/sound"
    first, second = (sound / "card2").readlink(), (sound / "card3").readlink()
    for link, target in (("card2", second), ("card3", first)):
        (sound / link).unlink()
        (sound / link).symlink_to(target)
    before = {pcm.found.port for pcm in read_inventory(machine("04")).pcms}
    assert {pcm.found.port for pcm in read_inventory(root).pcms} == before
    assert identities(read_inventory(root)) == identities(read_inventory(machine("04")))


def test_thirty_two_cards_are_read(tmp_path: Path) -> None:
    root = copy_of("03", tmp_path)
    cards, pcms = (root / "proc/asound/cards").read_text(), (root / "proc/asound/pcm").read_text()
    for index in range(1, 32):
        shutil.copytree(root / "proc/asound/card0", root / f"proc/asound/card{index}")
        place = f"../../devices/pci0000:00/0000:00:1d.0/usb1/1-1/1-1:1.0/sound/card{index}"
        (root / f"sys/class/sound/card{index}").symlink_to(place)
        cards += cards[: cards.index("\n", 60) + 1].replace(" 0 [", f"{index:2} [", 1)
        pcms += f"{index:02}-00: USB Audio : USB Audio : capture 1\n"
    (root / "proc/asound/cards").write_text(cards)
    (root / "proc/asound/pcm").write_text(pcms)
    inventory = read_inventory(root)
    assert len(inventory.pcms) == 32
