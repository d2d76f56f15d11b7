from __future__ import annotations

import pytest

from audio_rtsp.config.device_map import parse_device_map
from audio_rtsp.config.load import Configuration
from audio_rtsp.devices.look import look
from audio_rtsp.devices.memory import DeviceMemory
from audio_rtsp.devices.selection import names_by_identity, select_device, select_identity
from audio_rtsp.errors import AmbiguousDevice, NoSuchDevice
from machines.machine import machine

NAMES = {
    "usb_audio_12090003_at_usb-0:1": "door",
    "usb_audio_12090003_at_usb-0:2": "desk",
    "usb_audio_12090001_LAB0001": "lab",
    "usb_audio_12090001_LAB0001_pcm1": "lab-pcm1",
}


@pytest.mark.parametrize("text", ["lab", "usb_audio_12090001_LAB0001", "usb_audio_12090001"])
def test_name_identity_and_short_form_mean_the_same(text: str) -> None:
    assert select_identity(text, NAMES) == "usb_audio_12090001_LAB0001"


def test_a_short_form_that_fits_two_is_told_with_both() -> None:
    with pytest.raises(AmbiguousDevice) as refusal:
        select_identity("usb_audio_12090003", NAMES)
    assert len(refusal.value.detail) == 2


@pytest.mark.parametrize("text", ["", "nobody", "usb_audio_1209000", "Lab"])
def test_what_fits_none_is_told_with_the_names_there_are(text: str) -> None:
    with pytest.raises(NoSuchDevice) as refusal:
        select_identity(text, NAMES)
    assert "desk, door, lab" in refusal.value.detail[0]


def test_a_card_without_capture_goes_by_its_card_id() -> None:
    roster = look(machine("90"), Configuration(), DeviceMemory()).roster
    assert select_device("Headphones", roster).reason == "it only plays"
    assert select_device("usb-pnp-sound-device", roster).card_id == "Device"


def test_absent_devices_have_names_too() -> None:
    looked = look(machine("04"), Configuration(), DeviceMemory(names={"gone": "garden"}))
    names = names_by_identity(looked.roster, parse_device_map(b"away=attic\n")[0], looked.memory)
    assert (select_identity("garden", names), select_identity("attic", names)) == ("gone", "away")


def test_a_name_means_the_device_that_has_it_now() -> None:
    looked = look(machine("04"), Configuration(), DeviceMemory())
    here = next(one for one in looked.roster.devices if one.name)
    memory = DeviceMemory(names={"dead": here.name})
    names = names_by_identity(looked.roster, parse_device_map(f"away={here.name}\n".encode())[0], memory)
    assert select_identity(here.name, names) == here.identity
