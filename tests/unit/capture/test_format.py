"""What is asked of a device: something it has, nearest to what the stream needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.alsa.capability import (
    Altset,
    Capability,
    RateList,
    RateRange,
    parse_hw_params,
    parse_stream,
)
from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.capture.format import choose_format
from machines.machine import machine


def device(number: str, card: int) -> Capability:
    tree = machine(number)
    stream = tree / f"proc/asound/card{card}/stream0"
    found = parse_stream(stream.read_text()) if stream.exists() else _dump(tree, card)
    assert found is not None
    return found


def _dump(tree: Path, card: int) -> Capability | None:
    return parse_hw_params((tree / f"witness/card{card}.dump_hw_params").read_text())


@pytest.mark.parametrize(
    ("number", "card", "rate", "channels", "chosen"),
    [
        ("02", 0, 44100, 1, (48000, 1)),  # one rate: nothing to choose
        ("02", 0, 96000, 2, (48000, 1)),
        ("07", 1, 44100, 1, (44100, 1)),  # mono at four rates, stereo at two
        ("07", 1, 22050, 1, (44100, 1)),
        ("07", 1, 12000, 1, (16000, 1)),
        ("07", 1, 22050, 2, (44100, 2)),
        ("07", 1, 96000, 2, (48000, 2)),
        ("07", 1, 48000, 6, (48000, 2)),
        ("20", 0, 44100, 1, (44100, 2)),  # a range, stereo alone
        ("20", 0, 96000, 2, (48000, 2)),
    ],
)
def test_a_real_device_is_asked_for_what_it_has(
    number: str, card: int, rate: int, channels: int, chosen: tuple[int, int]
) -> None:
    found = choose_format(device(number, card), rate=rate, channels=channels, is_wide=False)
    assert (found.rate, found.channels) == chosen


def test_a_device_of_unknown_capability_is_asked_for_what_the_stream_needs() -> None:
    found = choose_format(None, rate=44100, channels=2, is_wide=False)
    assert found == PcmFormat(sample_format="S16_LE", rate=44100, channels=2)


@pytest.mark.parametrize(("is_wide", "sample_format"), [(False, "S16_LE"), (True, "S32_LE")])
def test_a_wide_codec_gets_wide_samples(is_wide: bool, sample_format: str) -> None:
    assert choose_format(None, rate=48000, channels=1, is_wide=is_wide).sample_format == sample_format
    assert choose_format(device("02", 0), rate=48000, channels=1, is_wide=is_wide).sample_format == sample_format


def test_channels_weigh_more_than_the_rate() -> None:
    stereo_low = Altset(formats=("S16_LE",), channels=(2,), rates=RateList((16000,)))
    mono_high = Altset(formats=("S16_LE",), channels=(1,), rates=RateList((48000,)))
    found = choose_format(Capability((mono_high, stereo_low)), rate=48000, channels=2, is_wide=False)
    assert (found.rate, found.channels) == (16000, 2)


def choices(*some: tuple[int, tuple[int, ...]]) -> Capability:
    return Capability(tuple(Altset(formats=("S32_LE",), channels=(count,), rates=RateList(had)) for count, had in some))


@pytest.mark.parametrize(
    ("rate", "channels", "chosen"),
    [
        (44100, 1, (44100, 26)),
        (48000, 2, (48000, 26)),
        (96000, 1, (96000, 18)),
        (192000, 1, (192000, 10)),
        (48000, 20, (48000, 26)),
    ],
)
def test_a_large_interface_is_not_driven_four_times_as_fast_for_having_fewer_channels_there(
    rate: int, channels: int, chosen: tuple[int, int]
) -> None:
    scarlett_18i20 = choices((26, (44100, 48000)), (18, (88200, 96000)), (10, (176400, 192000)))
    found = choose_format(scarlett_18i20, rate=rate, channels=channels, is_wide=False)
    assert (found.rate, found.channels) == chosen


def test_a_headset_whose_mono_is_for_telephones_is_heard_in_full() -> None:
    found = choose_format(choices((1, (8000, 16000)), (2, (48000,))), rate=44100, channels=1, is_wide=False)
    assert (found.rate, found.channels) == (48000, 2)


rates = st.one_of(
    st.lists(st.integers(1, 400_000), min_size=1, max_size=5, unique=True).map(
        lambda some: RateList(tuple(sorted(some)))
    ),
    st.tuples(st.integers(1, 100_000), st.integers(1, 300_000)).map(lambda two: RateRange(two[0], two[0] + two[1])),
)
counts = st.lists(st.integers(1, 32), min_size=1, max_size=4, unique=True).map(lambda some: tuple(sorted(some)))
altsets = st.builds(Altset, formats=st.just(("S16_LE",)), channels=counts, rates=rates)
capabilities = st.lists(altsets, min_size=1, max_size=4).map(lambda some: Capability(tuple(some)))


@given(capabilities, st.integers(8_000, 384_000), st.integers(1, 32), st.booleans())
def test_what_is_chosen_stands_together_in_one_choice_of_the_device(
    capability: Capability, rate: int, channels: int, is_wide: bool
) -> None:
    found = choose_format(capability, rate=rate, channels=channels, is_wide=is_wide)
    assert any(
        found.channels in one.channels and found.rate == one.rates.nearest(found.rate) for one in capability.altsets
    )


@given(capabilities, st.integers(8_000, 384_000), st.integers(1, 32))
def test_enough_channels_are_taken_wherever_the_device_has_them(
    capability: Capability, rate: int, channels: int
) -> None:
    found = choose_format(capability, rate=rate, channels=channels, is_wide=False)
    assert found.channels >= min(channels, max(capability.channel_counts))


@given(capabilities, st.integers(8_000, 384_000), st.integers(1, 32))
def test_no_choice_with_as_much_sound_is_smaller(capability: Capability, rate: int, channels: int) -> None:
    found = choose_format(capability, rate=rate, channels=channels, is_wide=False)
    others = [(count, one.rates.nearest(rate)) for one in capability.altsets for count in one.channels]
    as_good = [
        count * hertz
        for count, hertz in others
        if min(count, channels) >= min(found.channels, channels) and min(hertz, rate) >= min(found.rate, rate)
    ]
    assert found.channels * found.rate == min(as_good)
