"""What one stream shall be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.config.setting import Setting
from audio_rtsp.config.settings import (
    AUDIO_BITRATE,
    AUDIO_CHANNEL_PICK,
    AUDIO_CHANNELS,
    AUDIO_CODEC,
    AUDIO_SAMPLE_RATE,
    FFMPEG_ADDITIONAL_OPTS,
    GAP_FILL_SECONDS,
    LOG_LEVEL,
    MAX_RESTART_ATTEMPTS,
    RESTART_COOLDOWN,
    RESTART_DELAY,
    LogLevel,
)
from audio_rtsp.config.values import DEFAULT, Given, Values
from audio_rtsp.encoder.codec import Encoding
from audio_rtsp.encoder.options import ExtraOptions
from audio_rtsp.supervision.plan import StreamPlan, plan_stream
from audio_rtsp.supervision.policy import Rules


def values(*given: tuple[Setting[Any], object]) -> Values:
    return Values({setting.key: Given(value=value, origin=DEFAULT) for setting, value in given})


def planned(*given: tuple[Setting[Any], object], device: tuple[int, ...] = ()) -> tuple[StreamPlan, tuple[str, ...]]:
    return plan_stream(name="mic", identity="usb_1", description="Mic", values=values(*given), device_channels=device)


def test_the_defaults_are_a_plan_without_complaints() -> None:
    plan, complaints = planned()
    assert complaints == ()
    assert plan == StreamPlan(
        name="mic",
        identity="usb_1",
        description="Mic",
        encoding=Encoding(codec="libmp3lame", rate=44100, channels=1, bitrate=192_000),
        extra=ExtraOptions(),
        pick="mix",
        needed_channels=1,
        rules=Rules(restart_delay=10.0, max_restart_attempts=5, restart_cooldown=300.0),
        gap_seconds=30.0,
        silence_seconds=60.0,
        capture_volume=None,
    )


def test_only_a_usb_device_has_a_plug() -> None:
    plan, _ = planned()
    assert plan.is_usb
    for identity in ("platform-20980000.usb", "platform-soc:sound", "pci-0000:00:1f.3", "tone_1"):
        assert not replace(plan, identity=identity).is_usb


def test_the_rules_of_restarting_come_from_the_settings() -> None:
    plan, _ = planned(
        (RESTART_DELAY, 3.0), (MAX_RESTART_ATTEMPTS, 2), (RESTART_COOLDOWN, 60.0), (GAP_FILL_SECONDS, 5.0)
    )
    assert plan.rules == Rules(restart_delay=3.0, max_restart_attempts=2, restart_cooldown=60.0)
    assert plan.gap_seconds == 5.0


def test_the_owners_options_change_rate_and_channels_before_the_codec_is_fitted() -> None:
    plan, complaints = planned((AUDIO_CODEC, "libopus"), (FFMPEG_ADDITIONAL_OPTS, "-ar 22050 -ac 2"))
    assert (plan.encoding.rate, plan.encoding.channels) == (24000, 2)
    assert complaints == ("mic: AUDIO_SAMPLE_RATE: libopus does not work at 22050 Hz; write 24000",)


def test_options_that_cannot_be_are_left_out_with_the_reason() -> None:
    plan, complaints = planned((FFMPEG_ADDITIONAL_OPTS, "-y /tmp/x"))
    assert plan.extra == ExtraOptions()
    assert complaints == ("FFMPEG_ADDITIONAL_OPTS: -y is not allowed; a stream writes no files; left out",)


def test_a_filter_that_is_silent_at_first_is_told() -> None:
    plan, complaints = planned((FFMPEG_ADDITIONAL_OPTS, "-af highpass=f=100,dynaudnorm,volume=1.2"))
    assert plan.extra.filters == "highpass=f=100,dynaudnorm,volume=1.2"
    assert complaints == ("FFMPEG_ADDITIONAL_OPTS: the first sound comes after 16 s; dynaudnorm=g=3 after 2 s",)


def test_the_filter_that_we_advise_earns_no_complaint() -> None:
    assert planned((FFMPEG_ADDITIONAL_OPTS, "-af dynaudnorm=g=3"))[1] == ()


def test_a_flac_stream_is_carried_without_loss_and_told() -> None:
    plan, complaints = planned((AUDIO_CODEC, "flac"))
    assert plan.encoding.codec == "pcm_s16be"
    assert complaints == ("mic: AUDIO_CODEC: flac cannot go over RTSP; write pcm_s16be (also without loss)",)


@pytest.mark.parametrize(
    ("pick", "device", "becomes", "is_told"),
    [
        ("mix", (1, 2), "mix", False),
        ("left", (2,), "left", False),
        ("right", (1, 2), "right", False),
        ("left", (1,), "mix", False),
        ("right", (1,), "mix", True),
        ("3", (2,), "mix", True),
        ("3", (2, 4), "3", False),
        ("2", (), "2", False),
    ],
)
def test_a_channel_that_the_device_has_not_is_mixed_instead(
    pick: str, device: tuple[int, ...], becomes: str, is_told: bool
) -> None:
    plan, complaints = planned((AUDIO_CHANNEL_PICK, pick), device=device)
    assert plan.pick == becomes
    assert [text.startswith("AUDIO_CHANNEL_PICK: the device has") for text in complaints] == [True] * is_told


def test_more_channels_than_the_device_has_are_not_promised() -> None:
    plan, complaints = planned((AUDIO_CHANNELS, 2), device=(1,))
    assert plan.encoding.channels == 1
    assert complaints == ("mic: AUDIO_CHANNELS: the device has 1, not 2; write 1",)


def test_plans_are_equal_when_nothing_of_the_stream_changed() -> None:
    assert planned()[0] == planned((LOG_LEVEL, LogLevel.DEBUG))[0]
    assert planned()[0] != planned((AUDIO_BITRATE, 128_000))[0]
    assert planned()[0] != replace(planned()[0], name="other")


any_values = st.fixed_dictionaries(
    {},
    optional={
        AUDIO_CODEC: st.sampled_from(["libmp3lame", "aac", "libopus", "flac", "pcm_s24be"]),
        AUDIO_SAMPLE_RATE: st.integers(8_000, 384_000),
        AUDIO_CHANNELS: st.integers(1, 32),
        AUDIO_BITRATE: st.integers(8_000, 1_024_000),
        AUDIO_CHANNEL_PICK: st.sampled_from(["mix", "left", "right", "1", "7", "32"]),
        FFMPEG_ADDITIONAL_OPTS: st.text(max_size=20) | st.just("-af dynaudnorm -ac 2"),
    },
)


@given(any_values, st.lists(st.integers(1, 32), max_size=3))
def test_no_setting_keeps_a_stream_from_having_a_plan(given: dict[Setting[Any], object], device: list[int]) -> None:
    plan, complaints = planned(*given.items(), device=tuple(device))
    assert plan.encoding.channels <= max(device, default=8)
    assert all(complaint and "\n" not in complaint for complaint in complaints)
