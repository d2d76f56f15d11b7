"""Which devices become streams."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.config.load import Configuration
from audio_rtsp.devices.device import Device, DeviceState
from audio_rtsp.devices.roster import Roster
from audio_rtsp.supervision.device_source import DeviceSource, device_source
from audio_rtsp.supervision.tone_source import ToneSource
from audio_rtsp.supervision.wants import Wants, decide_wants
from unit.supervision.things import HERE, configuration, device


def decide(
    *devices: Device,
    seen: tuple[Device, ...] = (),
    of: Configuration | None = None,
    tones: int | None = 0,
    root: Path = HERE,
) -> Wants:
    source_of = partial(device_source, root)
    return decide_wants(Roster(devices=devices), of or Configuration(), seen=seen, source_of=source_of, tones=tones)


def names(wants: Wants) -> list[str]:
    return [one.plan.name for one in wants.streams.values()]


def test_every_device_becomes_a_stream_with_its_source() -> None:
    wants = decide(device(1), device(2), root=Path("/mnt"))
    assert list(wants.streams) == ["usb_0001", "usb_0002"]
    one = wants.streams["usb_0001"]
    assert (one.plan.name, one.plan.identity, one.plan.description) == ("mic_1", "usb_0001", "Microphone 1")
    assert one.source == DeviceSource(
        root=Path("/mnt"), card_id="Mic1", card_index=1, pcm=0, capability=device(1).capability
    )
    assert wants.left_out == ()


def test_busy_and_refused_devices_are_streams_too() -> None:
    assert names(decide(device(1, state=DeviceState.BUSY), device(2, state=DeviceState.REFUSED))) == ["mic_1", "mic_2"]


def test_ignored_devices_and_cards_that_only_play_are_listed_with_their_reason() -> None:
    ignored = device(1, state=DeviceState.IGNORED, reason="line 3 of device_blacklist.conf")
    mute = device(2, state=DeviceState.NO_CAPTURE, reason="it has no capture PCM")
    wants = decide(ignored, mute, device(3))
    assert names(wants) == ["mic_3"]
    assert [(one.identity, one.reason) for one in wants.left_out] == [
        ("usb_0001", "ignored: line 3 of device_blacklist.conf"),
        ("usb_0002", "no-capture: it has no capture PCM"),
    ]


def test_a_device_that_went_keeps_its_stream_and_its_place() -> None:
    first = decide(device(1), device(2))
    wants = decide(device(2), device(3), seen=first.seen)
    assert names(wants) == ["mic_1", "mic_2", "mic_3"]
    assert wants.streams["usb_0001"].source is None
    assert wants.streams["usb_0002"].source is not None


def test_a_device_that_came_back_is_as_it_is_now() -> None:
    seen = decide(device(1)).seen
    away = decide(seen=seen).seen
    wants = decide(device(1, name="renamed", card_index=7), seen=away)
    one = wants.streams["usb_0001"]
    assert one.plan.name == "renamed"
    assert isinstance(one.source, DeviceSource)
    assert one.source.card_index == 7


def test_the_seventeenth_of_sixteen_is_listed_with_the_rule_that_chose(tmp_path: Path) -> None:
    of = configuration(tmp_path, MAX_STREAMS="16")
    wants = decide(*(device(number) for number in range(1, 18)), of=of)
    assert names(wants) == [f"mic_{number}" for number in range(1, 17)]
    assert [(one.name, one.identity) for one in wants.left_out] == [("mic_17", "usb_0017")]
    assert "MAX_STREAMS is 16" in wants.left_out[0].reason
    assert "device_map.conf come first" in wants.left_out[0].reason


def test_the_owners_map_comes_first_in_its_order(tmp_path: Path) -> None:
    files = {"device_map.conf": "usb_0003=garden\nusb_0002=door\n"}
    of = configuration(tmp_path, files, MAX_STREAMS="3")
    devices = (device(1), device(2, name="door"), device(3, name="garden"), device(4))
    wants = decide(*devices, of=of)
    assert names(wants) == ["garden", "door", "mic_1"]
    assert [one.name for one in wants.left_out] == ["mic_4"]


def test_an_absent_device_keeps_its_place_against_a_newcomer(tmp_path: Path) -> None:
    """Who was there first stays, so that a device whose plug is loose is not pushed out for good."""
    of = configuration(tmp_path, MAX_STREAMS="2")
    seen = decide(device(1), device(2), of=of).seen
    wants = decide(device(2), device(3), seen=seen, of=of)
    assert names(wants) == ["mic_1", "mic_2"]
    assert [one.name for one in wants.left_out] == ["mic_3"]


def test_the_order_of_arrival_does_not_change_when_the_kernel_numbers_anew() -> None:
    seen = decide(device(5), device(3)).seen
    wants = decide(device(3), device(5), seen=seen)
    assert names(wants) == ["mic_5", "mic_3"]


@pytest.mark.parametrize(
    ("tones", "with_device", "expected"),
    [
        (None, False, ["tone-1"]),
        (None, True, ["mic_1"]),
        (0, False, []),
        (2, True, ["mic_1", "tone-1", "tone-2"]),
        (3, False, ["tone-1", "tone-2", "tone-3"]),
    ],
)
def test_tones_are_published_when_asked_for_or_when_there_is_nothing_else(
    tones: int | None, with_device: bool, expected: list[str]
) -> None:
    devices = (device(1),) if with_device else ()
    assert names(decide(*devices, tones=tones)) == expected


def test_each_tone_is_a_hundred_and_ten_hertz_higher() -> None:
    streams = decide(tones=3).streams
    sources = [one.source for one in streams.values()]
    assert sources == [ToneSource(frequency=440), ToneSource(frequency=550), ToneSource(frequency=660)]
    assert streams["tone-2"].plan.description == "test tone of 550 Hz"


def test_a_device_that_was_there_once_ends_the_tone_of_the_empty_machine() -> None:
    seen = decide(device(1), tones=None).seen
    assert names(decide(seen=seen, tones=None)) == ["mic_1"]


def test_a_device_file_is_for_its_stream_alone(tmp_path: Path) -> None:
    of = configuration(tmp_path, {"devices/mic_2.conf": "AUDIO_CODEC=libopus\nAUDIO_SAMPLE_RATE=48000\n"})
    streams = decide(device(1), device(2), of=of).streams
    assert [one.plan.encoding.codec for one in streams.values()] == ["libmp3lame", "libopus"]


def test_what_cannot_be_on_this_device_is_told_with_its_stream(tmp_path: Path) -> None:
    of = configuration(tmp_path, {"config": "AUDIO_CHANNELS=2\n"})
    streams = decide(device(1, channels=(1,)), device(2, channels=(2,)), of=of).streams
    assert [len(one.complaints) for one in streams.values()] == [1, 0]


def test_a_device_renamed_while_it_is_away_waits_under_its_new_name(tmp_path: Path) -> None:
    seen = decide(device(1)).seen
    wants = decide(seen=seen, of=configuration(tmp_path, {"device_map.conf": "usb_0001=garden\n"}))
    assert [(one.plan.name, one.source) for one in wants.streams.values()] == [("garden", None)]


def test_a_device_ignored_while_it_is_away_is_no_stream_until_the_line_goes(tmp_path: Path) -> None:
    of = configuration(tmp_path, {"device_blacklist.conf": "usb_0001\n"})
    wants = decide(seen=decide(device(1)).seen, of=of)
    assert names(wants) == []
    assert names(decide(seen=wants.seen)) == ["mic_1"]


def test_a_device_that_is_away_leaves_its_name_to_the_one_that_has_it_now() -> None:
    seen = decide(device(1)).seen
    wants = decide(device(2, name="mic_1"), seen=seen)
    assert list(wants.streams) == ["usb_0002"]


presences = st.lists(st.sets(st.integers(1, 9)), min_size=1, max_size=8)


@given(presences)
def test_whatever_comes_and_goes_no_stream_of_a_device_ever_ends_or_moves(presences: list[set[int]]) -> None:
    seen: tuple[Device, ...] = ()
    before: list[str] = []
    for here in presences:
        wants = decide(*(device(number) for number in sorted(here)), seen=seen)
        assert list(wants.streams)[: len(before)] == before
        with_source = {key for key, one in wants.streams.items() if one.source is not None}
        assert with_source == {device(number).identity for number in here}
        seen, before = wants.seen, list(wants.streams)


def test_a_card_whose_pcm_is_gone_for_a_moment_is_away_and_keeps_its_stream() -> None:
    before = decide(device(1))
    going = device(1, state=DeviceState.NO_CAPTURE, reason="it has no PCM device")
    during = decide(going, seen=before.seen)
    assert names(during) == ["mic_1"]
    assert during.streams["usb_0001"].source is None
    assert during.left_out == ()
    assert during.streams["usb_0001"].plan == before.streams["usb_0001"].plan
    after = decide(device(1), seen=during.seen)
    assert after.streams["usb_0001"].source is not None


def test_a_card_that_never_captured_is_no_stream() -> None:
    assert names(decide(device(1, state=DeviceState.NO_CAPTURE))) == []
