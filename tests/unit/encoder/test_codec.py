"""What works over RTSP, and what else comes nearest (product 2.8)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.config.setting import Setting
from audio_rtsp.config.settings import (
    AUDIO_BITRATE,
    AUDIO_CHANNELS,
    AUDIO_CODEC,
    AUDIO_SAMPLE_RATE,
)
from audio_rtsp.config.settings import CODECS as NAMES
from audio_rtsp.config.values import DEFAULT, Given, Values
from audio_rtsp.encoder.codec import CODECS, Encoding, Wish, fit, objections, wish


def asked(codec: str, rate: int = 48000, channels: int = 1, bitrate: int = 128_000) -> Wish:
    return Wish(codec=codec, rate=rate, channels=channels, bitrate=bitrate)


def got(codec: str, rate: int = 48000, channels: int = 1, bitrate: int = 128_000) -> Encoding:
    return Encoding(codec=codec, rate=rate, channels=channels, bitrate=bitrate)


@pytest.mark.parametrize(
    "works",
    [
        ("libmp3lame", 44100, 1, 192_000),
        ("libmp3lame", 48000, 2, 320_000),
        ("libmp3lame", 22050, 1, 160_000),
        ("libmp3lame", 8000, 1, 64_000),
        ("aac", 96000, 2, 256_000),
        ("aac", 44100, 8, 320_000),
        ("libopus", 48000, 1, 256_000),
        ("libopus", 48000, 2, 320_000),
        ("libopus", 16000, 1, 32_000),
    ],
)
def test_what_works_stays_as_it_was_asked(works: tuple[str, int, int, int]) -> None:
    assert fit(asked(*works)) == (got(*works), ())


@pytest.mark.parametrize("codec", ["pcm_s16be", "pcm_s24be"])
@pytest.mark.parametrize("rate", [8000, 44100, 88200, 192000])
def test_pcm_takes_any_rate_and_has_no_bitrate(codec: str, rate: int) -> None:
    assert fit(asked(codec, rate, 2, 1_000_000)) == (got(codec, rate, 2, 0), ())


@pytest.mark.parametrize(
    ("what", "becomes", "says"),
    [
        (asked("flac"), got("pcm_s16be", bitrate=0), "AUDIO_CODEC: flac cannot go over RTSP; write pcm_s16be"),
        (
            asked("libopus", 44100),
            got("libopus", 48000),
            "AUDIO_SAMPLE_RATE: libopus does not work at 44100 Hz; write 48000",
        ),
        (asked("libopus", 22050), got("libopus", 24000), "libopus does not work at 22050 Hz; write 24000"),
        (asked("libopus", 96000), got("libopus", 48000), "libopus does not work at 96000 Hz; write 48000"),
        (asked("libmp3lame", 96000), got("libmp3lame", 48000), "libmp3lame does not work at 96000 Hz; write 48000"),
        (asked("aac", 192000), got("aac", 96000), "aac does not work at 192000 Hz; write 96000"),
        (asked("aac", 20000), got("aac", 22050, bitrate=128_000), "aac does not work at 20000 Hz; write 22050"),
        (asked("pcm_s16be", 384000), got("pcm_s16be", 192000, bitrate=0), "does not work at 384000 Hz; write 192000"),
        (
            asked("libmp3lame", channels=3),
            got("libmp3lame", channels=2),
            "AUDIO_CHANNELS: libmp3lame over RTSP carries at most 2",
        ),
        (asked("libopus", channels=6), got("libopus", channels=2), "carries at most 2 channels; write 2"),
        (asked("aac", channels=9), got("aac", channels=8), "carries at most 8 channels; write 8"),
        (
            asked("libopus", bitrate=320_000),
            got("libopus", bitrate=256_000),
            "libopus takes at most 256k at 48000 Hz with 1 channel;",
        ),
        (
            asked("libmp3lame", 22050, bitrate=320_000),
            got("libmp3lame", 22050, bitrate=160_000),
            "at most 160k at 22050 Hz",
        ),
        (asked("libmp3lame", 8000, bitrate=128_000), got("libmp3lame", 8000, bitrate=64_000), "at most 64k at 8000 Hz"),
        (asked("aac", 8000, bitrate=128_000), got("aac", 8000, bitrate=48_000), "aac takes at most 48k at 8000 Hz"),
    ],
)
def test_what_cannot_work_becomes_the_nearest_that_does(what: Wish, becomes: Encoding, says: str) -> None:
    encoding, found = fit(what)
    assert encoding == becomes
    assert [says in str(one) for one in found] == [True]


def test_everything_that_gives_way_is_told_at_once() -> None:
    encoding, found = fit(asked("flac", 384_000, 16, 1))
    assert encoding == got("pcm_s16be", 192_000, 8, 0)
    assert [one.key for one in found] == ["AUDIO_CODEC", "AUDIO_SAMPLE_RATE", "AUDIO_CHANNELS"]


@pytest.mark.parametrize(
    ("what", "is_mild"),
    [
        (asked("flac"), False),
        (asked("libopus", 44100), False),
        (asked("libopus", bitrate=320_000), False),
        (asked("libmp3lame", 96000), False),
        (asked("libmp3lame", 22050, bitrate=320_000), True),
        (asked("aac", 8000, bitrate=320_000), True),
    ],
)
def test_only_a_bitrate_that_the_encoder_lowers_by_itself_is_mild(what: Wish, is_mild: bool) -> None:
    _, found = fit(what)
    assert [one.is_mild for one in found] == [is_mild]


def test_a_device_with_fewer_channels_gives_what_it_has() -> None:
    encoding, found = fit(asked("libmp3lame", channels=2), device_channels=(1,))
    assert encoding == got("libmp3lame", channels=1)
    assert [(str(one), one.is_mild) for one in found] == [("AUDIO_CHANNELS: the device has 1, not 2; write 1", True)]


def test_a_device_with_more_channels_is_no_objection() -> None:
    assert fit(asked("libmp3lame", channels=1), device_channels=(2, 4))[1] == ()


def test_the_bitrate_counts_the_channels_that_are_left() -> None:
    encoding, _ = fit(asked("libopus", channels=2, bitrate=512_000), device_channels=(1,))
    assert encoding == got("libopus", channels=1, bitrate=256_000)


def test_24_bit_is_wide_and_frames_have_their_length() -> None:
    assert [got(codec).is_wide for codec in CODECS] == [codec == "pcm_s24be" for codec in CODECS]
    assert got("libmp3lame", 48000).frame_seconds == pytest.approx(0.024)
    assert got("libmp3lame", 24000).frame_seconds == pytest.approx(0.024)
    assert got("aac", 48000).frame_seconds == pytest.approx(1024 / 48000)
    assert got("libopus").frame_seconds == pytest.approx(0.02)


def test_the_wish_is_read_from_the_settings() -> None:
    given: dict[Setting[Any], object] = {
        AUDIO_CODEC: "libopus",
        AUDIO_SAMPLE_RATE: 44100,
        AUDIO_CHANNELS: 2,
        AUDIO_BITRATE: 96_000,
    }
    values = Values({setting.key: Given(value=value, origin=DEFAULT) for setting, value in given.items()})
    assert wish(values) == asked("libopus", 44100, 2, 96_000)
    assert [one.key for one in objections(values)] == ["AUDIO_SAMPLE_RATE"]
    assert objections(Values()) == ()


every_codec = st.sampled_from(sorted(set(NAMES.values())))
wishes = st.builds(asked, every_codec, st.integers(8_000, 384_000), st.integers(1, 32), st.integers(8_000, 1_024_000))


@given(wishes, st.lists(st.integers(1, 8), max_size=3))
def test_every_setting_that_can_be_written_finds_an_encoding_that_fits_itself(what: Wish, device: list[int]) -> None:
    encoding, _ = fit(what, device)
    again = asked(encoding.codec, encoding.rate, encoding.channels, encoding.bitrate or what.bitrate)
    assert fit(again, device) == (encoding, ())
    assert encoding.channels <= min([what.channels, *([max(device)] if device else [])])
    assert encoding.frame_seconds > 0


@given(wishes)
def test_an_objection_says_what_to_write_and_following_it_ends_it(what: Wish) -> None:
    for one in fit(what)[1]:
        assert one.instead.startswith("write ")
        assert one.key in ("AUDIO_CODEC", "AUDIO_SAMPLE_RATE", "AUDIO_CHANNELS", "AUDIO_BITRATE")
