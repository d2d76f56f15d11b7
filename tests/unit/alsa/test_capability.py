from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.alsa.capability import (
    MAX_CHANNELS,
    Altset,
    Capability,
    RateList,
    RateRange,
    parse_hw_params,
    parse_stream,
)
from machines.machine import MACHINES, machine

STREAMS = sorted(path for root in MACHINES for path in root.glob("proc/asound/card*/stream*"))
DUMPS = sorted(path for root in MACHINES for path in root.glob("witness/*.dump_hw_params"))


def stream(number: str, card: int) -> Capability | None:
    return parse_stream((machine(number) / f"proc/asound/card{card}/stream0").read_text())


def test_playback_formats_never_leak_in() -> None:
    assert stream("07", 0) == Capability((Altset(formats=("S16_LE",), channels=(1,), rates=RateList((48000,))),))


def test_a_device_that_only_plays_has_no_capability() -> None:
    text = (machine("07") / "proc/asound/card0/stream0").read_text().split("Capture:")[0]
    assert parse_stream(text) is None


def test_each_altset_keeps_its_own_choices() -> None:
    capability = stream("07", 1)
    assert capability is not None
    assert [(one.formats, one.channels, one.rates) for one in capability.altsets] == [
        (("S16_LE",), (1,), RateList((8000, 16000, 44100, 48000))),
        (("S16_LE",), (2,), RateList((44100, 48000))),
        (("S24_3LE",), (2,), RateList((48000,))),
    ]
    assert capability.formats == ("S16_LE", "S24_3LE")
    assert capability.channel_counts == (1, 2)
    assert capability.rates == RateList((8000, 16000, 44100, 48000))


def test_a_running_stream_is_read_like_a_stopped_one() -> None:
    assert stream("03", 0) == stream("02", 0)
    assert stream("08", 0) == Capability(
        (Altset(formats=("S16_LE",), channels=(2,), rates=RateList((44100, 48000, 96000))),)
    )


CONTINUOUS = """Some Device at usb-0000:00:14.0-1, high speed : USB Audio

Capture:
  Status: Stop
  Interface 2
    Altset 1
    Format: S16_LE S24_3LE SPECIAL DSD_U32_BE
    Channels: 4
    Endpoint: 0x82 (2 IN) (ASYNC)
    Rates: 8000 - 96000 (continuous)
    Data packet interval: 125 us
    Some new line: of a later kernel
    Channel map: --
  Interface 2
    Altset 2
    Format: SPECIAL
    Channels: 2
    Rates: 48000
"""


def test_continuous_rates_and_several_formats_in_a_line() -> None:
    assert parse_stream(CONTINUOUS) == Capability(
        (Altset(formats=("S16_LE", "S24_3LE"), channels=(4,), rates=RateRange(8000, 96000)),)
    )


def test_a_list_and_a_range_together_are_the_widest_range() -> None:
    listed = Altset(formats=("S16_LE",), channels=(1,), rates=RateList((192000,)))
    spread = Altset(formats=("S16_LE",), channels=(1,), rates=RateRange(8000, 48000))
    assert Capability((listed, spread)).rates == RateRange(8000, 192000)


@pytest.mark.parametrize(
    ("wanted", "found"), [(44100, 44100), (22050, 44100), (44101, 48000), (96000, 48000), (1, 8000)]
)
def test_the_lowest_rate_that_keeps_everything_is_taken(wanted: int, found: int) -> None:
    assert RateList((8000, 44100, 48000)).nearest(wanted) == found


@pytest.mark.parametrize(("wanted", "found"), [(44100, 44100), (4000, 8000), (96000, 48000)])
def test_a_range_has_every_rate_between_its_ends(wanted: int, found: int) -> None:
    assert RateRange(8000, 48000).nearest(wanted) == found


@pytest.mark.parametrize(
    ("text", "rates", "channels"),
    [
        ("RATE: 48000\nCHANNELS: 1", RateList((48000,)), (1,)),
        ("RATE: [8000 192000]\nCHANNELS: [1 3]", RateRange(8000, 192000), (1, 2, 3)),
        ("RATE: (5 100]\nCHANNELS: (1 3)", RateRange(6, 100), (2,)),
        ("RATE: 44100 48000\nCHANNELS: 2 4", RateList((44100, 48000)), (2, 4)),
        ("RATE: [1 4294967295]\nCHANNELS: [1 1073741823]", RateRange(1, 4294967295), tuple(range(1, MAX_CHANNELS + 1))),
    ],
)
def test_intervals_single_values_and_lists(text: str, rates: RateList | RateRange, channels: tuple[int, ...]) -> None:
    capability = parse_hw_params(f"HW Params of device\nFORMAT:  S16_LE S24_LE\n{text}\n")
    assert capability == Capability((Altset(formats=("S16_LE", "S24_LE"), channels=channels, rates=rates),))


@pytest.mark.parametrize("text", ["", "FORMAT: NONE\nCHANNELS: ALL\nRATE: NONE", "FORMAT: S16_LE\nCHANNELS: 1"])
def test_half_a_dump_is_no_capability(text: str) -> None:
    assert parse_hw_params(text) is None


def test_every_dump_of_the_captured_machines_is_read() -> None:
    assert len(DUMPS) > 15
    assert all(parse_hw_params(path.read_text()) for path in DUMPS)


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: f"{path.parents[3].name}-{path.parent.name}")
def test_the_kernels_text_and_the_device_itself_agree(path) -> None:  # type: ignore[no-untyped-def]
    dump = path.parents[3] / "witness" / f"{path.parent.name}.dump_hw_params"
    told = parse_stream(path.read_text())
    assert told is not None
    if dump.exists() and (asked := parse_hw_params(dump.read_text())):
        assert set(told.formats) == set(asked.formats)
        assert told.channel_counts == asked.channel_counts
        rates = [rate for altset in told.altsets for rate in getattr(altset.rates, "values", ())]
        assert [asked.rates.nearest(rate) for rate in rates] == rates


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    parse_stream(text)
    parse_stream(f"Capture:\n  Altset 1\n{text}")
    parse_hw_params(text)


@given(st.lists(st.sampled_from([line for path in STREAMS for line in path.read_text().split("\n")]), max_size=40))
def test_lines_in_any_order_give_whole_choices_or_none(lines: list[str]) -> None:
    capability = parse_stream("\n".join(lines))
    if capability is not None:
        assert capability.altsets and all(one.formats and one.channels for one in capability.altsets)


@given(st.text("0123456789[]() ,-ALNONE", max_size=40), st.text("0123456789[]() ,-ALNONE", max_size=40))
def test_no_interval_is_too_strange(channels: str, rate: str) -> None:
    capability = parse_hw_params(f"FORMAT: S16_LE\nCHANNELS: {channels}\nRATE: {rate}\n")
    assert capability is None or 0 < capability.channel_counts[0] <= MAX_CHANNELS
