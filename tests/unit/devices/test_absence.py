"""Where nothing can be captured, the owner is told what to do next, as far as the machine shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from audio_rtsp.cli.places import Places
from audio_rtsp.cli.verbs.device import device
from audio_rtsp.devices.absence import Surroundings, next_steps, read_surroundings
from audio_rtsp.supervision.device_source import DeviceSource
from machines.machine import machine

PLUGGED = "Is a microphone plugged in? lsusb and arecord -l show it when it is."
CONTAINER = "This is a container: it has sound only when started with --device /dev/snd."
LOAD = "Load the driver: sudo modprobe snd-usb-audio; what it says: sudo dmesg | tail"
VIRTUAL = "This is a virtual machine: its host must pass the USB device on to it."
MICROPHONE = ("USB PnP Sound Device",)


@pytest.mark.parametrize(
    ("around", "has_cards", "first", "last"),
    [
        (Surroundings(), False, PLUGGED, PLUGGED),
        (Surroundings(is_container=True, has_sound_system=False), False, CONTAINER, CONTAINER),
        (Surroundings(is_virtual=True), False, VIRTUAL, PLUGGED),
        (Surroundings(has_sound_system=False), False, LOAD, PLUGGED),
        (Surroundings(usb_audio=MICROPHONE), False, "On the USB bus, without a driver: USB PnP Sound Device", LOAD),
        (Surroundings(has_drivers=False), False, "This kernel came without sound drivers. On Ubuntu type:", PLUGGED),
        (Surroundings(), True, PLUGGED, PLUGGED),
    ],
)
def test_the_advice_is_about_what_is_there(around: Surroundings, has_cards: bool, first: str, last: str) -> None:
    steps = next_steps(around, has_cards=has_cards)
    assert (steps[0], steps[-1]) == (first, last)
    assert all(len(line) <= 80 for line in steps)


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_the_surroundings_are_read_under_the_root(tmp_path: Path) -> None:
    assert read_surroundings(tmp_path) == Surroundings(has_sound_system=False)
    usb = tmp_path / "sys/bus/usb/devices"
    write(usb / "1-2:1.0", bInterfaceClass="01\n")
    write(usb / "1-2", product="Mic\n")
    write(usb / "1-3:1.0", bInterfaceClass="03\n")
    write(usb / "1-4:1.1", bInterfaceClass="01\n")
    write(usb / "1-4", idVendor="1209\n", idProduct="0003\n")
    write(tmp_path, sys__class__dmi__id__sys_vendor="QEMU\n", proc__sys__kernel__osrelease="6.1.0-cloud\n")
    (tmp_path / "lib/modules/6.1.0-cloud").mkdir(parents=True)
    (tmp_path / "proc/asound").mkdir()
    (tmp_path / ".dockerenv").touch()
    assert read_surroundings(tmp_path) == Surroundings(
        has_drivers=False, is_container=True, is_virtual=True, usb_audio=("1209:0003", "Mic")
    )


@pytest.mark.parametrize(("number", "is_told"), [("00", True), ("01", True), ("02", False)])
def test_the_list_ends_in_advice_only_where_nothing_captures(number: str, is_told: bool, tmp_path: Path) -> None:
    places = Places(
        root=machine(number),
        config=tmp_path,
        state=tmp_path / "state",
        logs=tmp_path / "logs",
        runtime=tmp_path / "run",
    )
    listed = CliRunner().invoke(device, ["list"], obj=places)
    assert (PLUGGED in listed.stderr.splitlines()) == is_told
    assert "plugged" not in CliRunner().invoke(device, ["list", "--json"], obj=places).output


def test_devices_that_may_not_be_opened_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DeviceSource, "obstacle", lambda source: f"no right to open card {source.card_index}")
    places = Places(
        root=machine("04"), config=tmp_path, state=tmp_path / "state", logs=tmp_path / "logs", runtime=tmp_path / "run"
    )
    listed = CliRunner().invoke(device, ["list"], obj=places)
    assert listed.stderr.splitlines() == ["no right to open card 0"]


def test_who_may_not_open_what_the_service_streams_needs_no_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DeviceSource, "obstacle", lambda source: "no right to open it")
    places = Places(
        root=machine("03"), config=tmp_path, state=tmp_path / "state", logs=tmp_path / "logs", runtime=tmp_path / "run"
    )
    (held,) = (
        one["owner_pid"] for one in json.loads(CliRunner().invoke(device, ["list", "--json"], obj=places).stdout)
    )
    assert "no right" in CliRunner().invoke(device, ["list"], obj=places).stderr
    monkeypatch.setattr("audio_rtsp.cli.verbs.device._captures", lambda places: {held: "desk"})
    listed = CliRunner().invoke(device, ["list"], obj=places)
    assert "as desk" in listed.stdout and listed.stderr == ""
