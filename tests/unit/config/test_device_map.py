"""The device map: names that can be paths, and edits of one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.config.device_map import parse_device_map, set_entry
from audio_rtsp.errors import BadName
from audio_rtsp.stream_name import is_stream_name


@pytest.mark.parametrize("name", ["a", "0", "conference_room_mic", "tone-1", "a" * 63])
def test_these_are_stream_names(name: str) -> None:
    assert is_stream_name(name)


@pytest.mark.parametrize("name", ["", "A", "_a", "-a", "a" * 64, "a/b", "a.b", "a b", "ä", "a\n", "..", "٣"])
def test_these_are_no_stream_names(name: str) -> None:
    assert not is_stream_name(name)


def test_an_identity_may_hold_what_sysfs_holds() -> None:
    names, complaints = parse_device_map(b"usb_audio_0d8c0014_at_1.2:1.0-if=desk # by the door\n")
    assert names.name_of("usb_audio_0d8c0014_at_1.2:1.0-if") == "desk"
    assert complaints == ()


def test_a_bad_name_is_told_with_a_better_one() -> None:
    names, complaints = parse_device_map(b"x=Front Door\n")
    assert names.entries == ()
    assert [str(one) for one in complaints] == [
        "device_map.conf:1: 'Front Door' cannot be a name; did you mean front_door?"
    ]


def test_one_name_for_two_devices_is_told_and_the_last_counts() -> None:
    names, complaints = parse_device_map(b"old=desk\nnew=desk\n")
    assert names.name_of("new") == "desk"
    assert names.name_of("old") is None
    assert str(complaints[0]) == "device_map.conf:2: desk is the name of 'old' in line 1 too; this line counts"


def test_a_device_with_two_names_is_told_and_the_last_counts() -> None:
    names, complaints = parse_device_map(b"x=desk\nx=door\n")
    assert (names.name_of("x"), len(names.entries), len(complaints)) == ("door", 1, 1)


def test_a_line_without_a_name_is_told() -> None:
    _, complaints = parse_device_map(b"usb_audio_1 desk\n")
    assert str(complaints[0]) == "device_map.conf:1: is not DEVICE=NAME: 'usb_audio_1 desk'"


def test_naming_changes_one_line_only() -> None:
    data = b"# mine\r\n  x = desk   # keep\r\ny=door\r\n"
    assert set_entry(data, "x", "hall") == b"# mine\r\n  x = hall   # keep\r\ny=door\r\n"
    assert set_entry(data, "z", "hall") == data + b"z=hall\r\n"


def test_a_bad_name_is_never_written() -> None:
    with pytest.raises(BadName):
        set_entry(b"", "x", "Hall")
    with pytest.raises(ValueError, match="one line"):
        set_entry(b"", "two words", "hall")


@given(st.binary())
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    names, _ = parse_device_map(data)
    assert all(is_stream_name(entry.name) for entry in names.entries)


@given(
    st.binary(max_size=60),
    st.from_regex(r"[!-\"$-<>-~]{1,30}", fullmatch=True),
    st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True),
)
def test_what_is_named_has_its_name(data: bytes, identity: str, name: str) -> None:
    assert parse_device_map(set_entry(data, identity, name))[0].name_of(identity) == name
