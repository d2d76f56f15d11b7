"""The blacklist: whole names, the kernel's cut, and prefixes only when asked for."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audio_rtsp.config.blacklist import BlacklistEntry, add_entry, match, parse_blacklist


def entry(text: str) -> BlacklistEntry:
    return BlacklistEntry(text=text, line=1)


@pytest.mark.parametrize("field", ["card_id", "card_name", "identity", "stream_name"])
def test_each_name_of_a_device_is_matched_whole_and_without_case(field: str) -> None:
    assert match(entry("HDMI"), **{field: "hdmi"})
    assert not match(entry("HDMI"), **{field: "hdmi_1"})


def test_a_healthy_twin_is_not_taken_along() -> None:
    assert not match(entry("Device"), card_id="Device_1")


def test_a_final_star_makes_a_prefix() -> None:
    assert match(entry("device*"), card_id="Device_1")
    assert not match(entry("device*"), card_id="MyDevice")


def test_an_entry_of_fifteen_characters_is_a_prefix_because_the_kernel_cuts_there() -> None:
    assert match(entry("bcm2835_headpho"), card_name="bcm2835 Headphones", card_id="bcm2835_headphones")
    assert not match(entry("bcm2835_headph"), card_id="bcm2835_headphones")


def test_a_stream_of_fifteen_characters_takes_no_longer_one_along() -> None:
    assert match(entry("conference_room"), stream_name="conference_room")
    assert not match(entry("conference_room"), stream_name="conference_room_mic")


def test_names_that_a_device_does_not_have_match_nothing() -> None:
    assert not match(entry("*"))
    assert not match(entry("x"), card_id="")


def test_an_entry_knows_its_line() -> None:
    ignored, _ = parse_blacklist(b"\xef\xbb\xbf# no\nHDMI # out\r\n\nUSB Audio*\n")
    assert ignored.entries[-1] == BlacklistEntry(text="USB Audio*", line=4)
    assert match(ignored.entries[-1], card_name="USB Audio Device", stream_name="usb_audio")


def test_adding_keeps_every_byte_and_says_why() -> None:
    data = b"HDMI # \xff\r\n"
    assert add_entry(data, "broken_webcam", "hums") == data + b"broken_webcam  # hums\r\n"
    assert add_entry(data, "hdmi", "again") == data
    assert add_entry(b"x", "y", "") == b"x\ny\n"


def test_an_entry_that_looks_like_a_comment_is_quoted() -> None:
    assert parse_blacklist(add_entry(b"", "#1 mic", ""))[0].entries[0].text == "#1 mic"


@pytest.mark.parametrize("text", ["", "  ", "a\nb"])
def test_what_is_no_entry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        add_entry(b"", text, "")


@given(st.binary())
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    parse_blacklist(data)


@given(st.binary(max_size=60), st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1))
@example(b"", "\ufeffx")
@example(b"", "'x")
@example(b"", '"x')
def test_what_is_added_is_there(data: bytes, text: str) -> None:
    entries = parse_blacklist(add_entry(data, text, "why"))[0].entries
    assert text.casefold() in {one.text.casefold() for one in entries}
