from __future__ import annotations

from audio_rtsp.alsa.inventory import read_inventory
from audio_rtsp.config.blacklist import parse_blacklist
from audio_rtsp.config.device_map import parse_device_map
from audio_rtsp.config.load import Configuration
from audio_rtsp.devices.device import DeviceState
from audio_rtsp.devices.look import look
from audio_rtsp.devices.memory import DeviceMemory, with_learnt
from audio_rtsp.devices.roster import Roster, call_roll
from machines.machine import machine


def roll(
    number: str, *, names: bytes = b"", blacklist: bytes = b"", memory: DeviceMemory | None = None
) -> tuple[Roster, DeviceMemory]:
    owner, ignored = parse_device_map(names)[0], parse_blacklist(blacklist)[0]
    return call_roll(read_inventory(machine(number)), owner, ignored, memory or DeviceMemory())


def states(roster: Roster) -> dict[str, tuple[str, str]]:
    return {one.name or one.card_id: (one.state.value, one.reason) for one in roster.devices}


def test_the_documented_blacklist_names_a_driver() -> None:
    text = b"# as documented\nbcm2835_headpho  # built in\nHDMI: generic\nHDMI\nbroken_webcam\n"
    roster, _ = roll("90", blacklist=text)
    assert states(roster)["Headphones"] == ("ignored", "device_blacklist.conf:2: bcm2835_headpho")
    assert [entry.line for entry in roster.unmatched_blacklist] == [3, 4, 5]


def test_every_way_to_call_a_device_keeps_it_out() -> None:
    for entry in ("Stereo", "lab studio stereo", "usb_audio_12090002_LAB0002", "lab-studio-stereo", "lab-st*"):
        roster, _ = roll("04", blacklist=f"{entry}\n".encode())
        assert states(roster)["lab-studio-stereo"] == ("ignored", f"device_blacklist.conf:1: {entry}")
        assert [one.state for one in roster.devices].count(DeviceState.IGNORED) == 1
        assert roster.unmatched_blacklist == ()


def test_the_healthy_twin_stays() -> None:
    roster, _ = roll("04", blacklist=b"Device\n")
    assert states(roster)["usb-pnp-sound-device"][0] == "ignored"
    assert states(roster)["usb-pnp-sound-device-2"] == ("free", "")


def test_two_lines_for_one_device_both_count_as_matched() -> None:
    roster, _ = roll("04", blacklist=b"Stereo\nlab-studio-stereo\nnothing\n")
    assert [entry.text for entry in roster.unmatched_blacklist] == ["nothing"]


def test_a_busy_device_names_its_holder() -> None:
    roster, _ = roll("03")
    assert states(roster) == {"lab-mic-one": ("busy", "held by arecord (pid 366)")}
    assert all(one.is_wanted for one in roster.devices)


def test_inputs_of_sound_firmware_are_told_apart_by_their_ids_where_the_driver_gave_no_names() -> None:
    roster, _ = roll("91")
    told = {one.name: one.description for one in roster.devices if one.card_id == "APE"}
    assert told["nvidia-jetson-orin-nano-ape"] == "NVIDIA Jetson Orin Nano APE"
    assert told["nvidia-jetson-orin-nano-ape-pcm5"] == "fe.admaif@290f000.ADMAIF6"


def test_one_line_keeps_all_inner_inputs_of_a_jetson_out() -> None:
    roster, _ = roll("91", blacklist=b"APE\n")
    assert [one.name for one in roster.devices if one.is_wanted] == ["scarlett-4i4-4th-gen"]


def test_a_loopback_with_one_reader_is_free() -> None:
    roster, _ = roll("11")
    assert [(one.name, one.state.value, one.owner_pid is None) for one in roster.devices] == [
        ("loopback", "free", True),
        ("loopback-pcm1", "free", False),
        ("dummy", "free", True),
    ]


def test_a_device_that_could_not_be_asked_is_refused_until_it_answers() -> None:
    memory = with_learnt(DeviceMemory(), {"pci-0000:00:07.0": "Permission denied"})
    roster, _ = roll("20", memory=memory)
    assert states(roster)["hda-intel"] == ("refused", "Permission denied")


def test_complaints_about_the_map_name_their_line() -> None:
    text = b"# names\nusb_audio_12090003=door\nusb_audio_c13487=conference_room_mic\n"
    roster, _ = roll("04", names=text)
    assert roster.complaints[0].startswith("device_map.conf:2: usb_audio_12090003 fits 2 devices")
    assert [(entry.line, entry.identity) for entry in roster.unseen_map_entries] == [(3, "usb_audio_c13487")]


def test_names_given_once_stay_though_the_other_twin_is_unplugged() -> None:
    _, memory = roll("04")
    roster, again = roll("04", memory=memory)
    assert again == memory
    assert memory.names["usb_audio_12090003_at_pci-0000:00:1d.1-usb-0:2"] == "usb-pnp-sound-device-2"
    assert "usb-pnp-sound-device-2" in [one.name for one in roster.devices]


def test_nothing_is_remembered_of_cards_without_capture() -> None:
    roster, memory = roll("90")
    assert [one.name for one in roster.devices] == ["", "", "snd_rpi_googlevoicehat_soundcar", "usb-pnp-sound-device"]
    assert len({one.identity for one in roster.devices}) == 4
    assert len(memory.names) == 2 and len(memory.identities.known) == 1


def test_one_look_is_inventory_and_roll_call() -> None:
    looked = look(machine("04"), Configuration(), DeviceMemory())
    assert (looked.roster, looked.memory) == roll("04")
