from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.alsa.card import UsbPlace, parse_cards, parse_usb_place
from machines.machine import machine


def test_a_card_is_named_by_two_lines() -> None:
    (card,) = parse_cards((machine("02") / "proc/asound/cards").read_text())
    assert (card.index, card.id, card.driver, card.name) == (0, "One", "USB-Audio", "Lab Mic One")
    assert card.long_name == "Lab Audio Lab Mic One at usb-0000:00:1d.0-1, full speed"


def test_no_cards_are_no_cards() -> None:
    assert parse_cards((machine("01") / "proc/asound/cards").read_text()) == ()


def test_names_may_hold_brackets_dashes_and_line_ends() -> None:
    text = (
        " 7 [A]: b - c      ]: Drv - Name - with [x]: y\n                      long\n"
        "12 [HDMI           ]: HDA-Intel - HDA\nIntel\n                      HDA Intel at 0x1 irq 3\n"
    )
    first, second = parse_cards(text)
    assert (first.index, first.long_name) == (7, "long")
    assert (second.index, second.id, second.name, second.long_name) == (
        12,
        "HDMI",
        "HDA Intel",
        "HDA Intel at 0x1 irq 3",
    )


def test_the_place_of_a_usb_card_is_at_the_end_of_its_long_name() -> None:
    assert parse_usb_place("A at usb-1-2, x at usb-0000:00:1d.0-1.4.2, full speed") == UsbPlace(
        host="0000:00:1d.0", ports="1.4.2"
    )
    assert parse_usb_place("Mic at usb-3f980000.usb-1.2, high speed") == UsbPlace(host="3f980000.usb", ports="1.2")
    assert parse_usb_place("Mic at usb-xhci-hcd.0-1, super speed") == UsbPlace(host="xhci-hcd.0", ports="1")
    assert parse_usb_place("Mic at usb-xhci-hcd.1-1, super speed plus") == UsbPlace(host="xhci-hcd.1", ports="1")
    assert parse_usb_place("HDA Intel at 0xfebe8000 irq 37") is None


def test_a_long_name_that_the_kernel_cut_at_79_letters_tells_its_place_while_the_ports_are_whole() -> None:
    """As in github.com's many copies of a C-Media stick on a Raspberry Pi 4; the kernel's field holds 79 letters."""
    whole = "C-Media Electronics Inc. USB PnP Sound Device at usb-0000:01:00.0-1.1, full spe"
    assert parse_usb_place(whole) == UsbPlace(host="0000:01:00.0", ports="1.1")
    assert parse_usb_place("A Rather Long Maker Inc. A Rather Long Product Name at usb-0000:01:00.0-1.") is None


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    for card in parse_cards(text):
        parse_usb_place(card.long_name)


@given(
    st.integers(0, 9999),
    st.from_regex(r"[A-Za-z0-9_]{1,15}", fullmatch=True),
    st.from_regex(r"\w[^\n\r]{0,60}\w", fullmatch=True),
)
def test_every_card_is_read_back(index: int, card_id: str, name: str) -> None:
    (card,) = parse_cards(f"{index:2} [{card_id:<15}]: USB-Audio - {name}\n{'':22}Long {name}\n")
    assert (card.index, card.id, card.driver, card.name) == (index, card_id, "USB-Audio", name)
