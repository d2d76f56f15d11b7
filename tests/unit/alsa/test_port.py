from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.alsa.card import parse_cards, parse_usb_place
from audio_rtsp.alsa.port import natural, parse_device_path, port_of_usb_place
from machines.machine import MACHINES

WITNESSES = sorted(path for root in MACHINES for path in root.glob("witness/card*.udev"))


def id_path(text: str) -> str:
    """udev's own word, without the interface."""
    return re.sub(r"(-usb-0:[\d.]+):\d+\.\d+$", r"\1", re.findall(r"^ID_PATH=(.*)$", text, re.MULTILINE)[0])


@pytest.mark.parametrize("witness", WITNESSES, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_the_port_is_what_udev_says(witness) -> None:  # type: ignore[no-untyped-def]
    link = witness.parents[1] / "sys/class/sound" / witness.stem
    assert parse_device_path(str(link.readlink()).removeprefix("../../")).text == id_path(witness.read_text())


@pytest.mark.parametrize(
    ("path", "port", "bus"),
    [
        (
            "devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/1-1/1-1.1/1-1.1:1.0/sound/card1",
            "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.1",
            "usb",
        ),
        (
            "devices/platform/soc/3f980000.usb/usb1/1-1/1-1.2/1-1.2:1.0/sound/card1",
            "platform-3f980000.usb-usb-0:1.2",
            "usb",
        ),
        (
            "devices/platform/axi/1000120000.pcie/1f00200000.usb/xhci-hcd.0/usb1/1-2/1-2:1.0/sound/card0",
            "platform-1f00200000.usb-usb-0:2",
            "usb",
        ),
        (
            "devices/platform/usb@fe900000/fe900000.usb/xhci-hcd.1.auto/usb1/1-1/1-1:1.0/sound/card1",
            "platform-fe900000.usb-usb-0:1",
            "usb",
        ),
        (
            "devices/soc0/soc/2100000.aips-bus/2184200.usb/ci_hdrc.1/usb2/2-1/2-1.2/2-1.2:1.0/sound/card1",
            "platform-2184200.usb-usb-0:1.2",
            "usb",
        ),
        ("devices/platform/xhci-hcd.0/usb1/1-1/1-1:1.0/sound/card1", "platform-xhci-hcd.0-usb-0:1", "usb"),
        ("devices/platform/soc/soc:sound/sound/card0", "platform-soc:sound", "platform"),
        ("devices/faux/snd_aloop.0/sound/card0", "platform-snd_aloop.0", "platform"),
        (
            "devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:1d.0/sound/card0",
            "pci-0000:00:0e.0-pci-10000:e0:1d.0",
            "pci",
        ),
        (
            "devices/pci0000:00/0000:00:1f.3/skl_hda_dsp_generic/sound/card0",
            "pci-0000:00:1f.3-platform-skl_hda_dsp_generic",
            "platform",
        ),
        ("devices/platform/sound/sound/card0", "platform-sound", "platform"),  # Rockchip, Qualcomm, Jetson, i.MX
        ("devices/platform/sound", "platform-sound", "platform"),
        ("devices/70030000.hda/sound/card0", "platform-70030000.hda", "platform"),
        (
            "devices/platform/4010000000.pcie/pci0000:00/0000:00:02.0/sound/card0",
            "platform-4010000000.pcie-pci-0000:00:02.0",
            "pci",
        ),
        ("devices/pci0000:00/0000:00:01.0/virtio8/sound/card0", "pci-0000:00:01.0", "pci"),  # a further disk: virtio9
        ("devices/platform/soc/20980000.usb/gadget/sound/card1", "platform-20980000.usb", "platform"),
        ("devices/platform/soc/fe980000.usb/gadget.0/sound/card1", "platform-fe980000.usb", "platform"),
        ("devices/virtual/sound/card0", "", ""),
        ("", "", ""),
    ],
)
def test_ports_of_other_boards(path: str, port: str, bus: str) -> None:
    found = parse_device_path(path)
    assert (found.text, found.bus) == (port, bus)


def test_a_controller_that_another_kernel_numbers_otherwise_is_the_same_place() -> None:
    """The controller fc400000.usb of an RK3588 under two kernels."""
    card = "devices/platform/fc400000.usb/xhci-hcd.{}.auto/usb4/4-1/4-1.4/4-1.4:1.0/sound/card2"
    assert {parse_device_path(card.format(number)).text for number in (0, 10)} == {"platform-fc400000.usb-usb-0:1.4"}


def test_bus_number_and_interface_are_no_part_of_the_place() -> None:
    one = parse_device_path("devices/pci0000:00/0000:00:1d.0/usb1/1-1/1-1:1.0/sound/card0")
    other = parse_device_path("devices/pci0000:00/0000:00:1d.0/usb7/7-1/7-1:1.2/sound/card5")
    assert one.text == other.text
    assert (one.interface, other.interface) == (0, 2)
    assert other.usb_path == "devices/pci0000:00/0000:00:1d.0/usb7/7-1"


def test_the_words_of_the_kernel_give_the_same_port() -> None:
    for witness in WITNESSES:
        cards = parse_cards((witness.parents[1] / "proc/asound/cards").read_text())
        card = next(card for card in cards if f"card{card.index}" == witness.stem)
        place = parse_usb_place(card.long_name)
        if place:
            assert port_of_usb_place(place).text == id_path(witness.read_text())


def test_port_two_comes_before_port_ten() -> None:
    assert sorted(["usb-0:10", "usb-0:2", "usb-0:1.3"], key=natural) == ["usb-0:1.3", "usb-0:2", "usb-0:10"]


@given(st.text(), st.text())
def test_the_order_is_total(one: str, other: str) -> None:
    assert (natural(one) == natural(other)) == (one == other)
    assert (natural(one) < natural(other)) != (natural(one) >= natural(other))


@given(st.text())
def test_no_path_is_too_strange(path: str) -> None:
    parse_device_path(path)
