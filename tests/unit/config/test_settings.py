"""The declarations: what each setting takes, refuses and writes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.config import settings as s
from audio_rtsp.config.setting import Scope, Setting

PRODUCT = """
RTSP_PORT RESTART_DELAY MAX_RESTART_ATTEMPTS LOG_LEVEL LOG_DIR LOG_ROTATE_DAYS AUDIO_BITRATE AUDIO_CODEC AUDIO_CHANNELS
AUDIO_SAMPLE_RATE CPU_THRESHOLD CPU_WARNING_THRESHOLD CPU_SUSTAINED_PERIODS MEMORY_THRESHOLD MEMORY_WARNING_THRESHOLD
EMERGENCY_CPU_THRESHOLD EMERGENCY_MEMORY_THRESHOLD FILE_DESCRIPTOR_THRESHOLD COMBINED_CPU_THRESHOLD RESTART_COOLDOWN
REBOOT_THRESHOLD ENABLE_AUTO_REBOOT REBOOT_COOLDOWN MAX_REBOOTS_IN_DAY MAX_UPTIME MAX_STREAMS FFMPEG_ADDITIONAL_OPTS
GAP_FILL_SECONDS AUDIO_SILENCE_SECONDS AUDIO_CHANNEL_PICK AUDIO_CAPTURE_VOLUME MONITOR_INTERVAL TREND_HORIZON
DISK_WARNING_THRESHOLD DISK_EMERGENCY_THRESHOLD MEDIAMTX_RELEASES_URL RTSP_READ_USER RTSP_READ_PASSWORD ALERT_COMMAND
ALERT_URL SERVER MEDIAMTX_BIN API_PORT
""".split()

GOOD = [
    (s.RTSP_PORT, "554", 554),
    (s.AUDIO_BITRATE, "192k", 192_000),
    (s.AUDIO_BITRATE, "192000", 192_000),
    (s.AUDIO_BITRATE, "0.192M", 192_000),
    (s.AUDIO_BITRATE, "320K", 320_000),
    (s.AUDIO_CODEC, "mp3", "libmp3lame"),
    (s.AUDIO_CODEC, "OPUS", "libopus"),
    (s.AUDIO_CODEC, "flac", "flac"),
    (s.AUDIO_SAMPLE_RATE, "44.1k", 44_100),
    (s.AUDIO_CHANNEL_PICK, "Left", "left"),
    (s.AUDIO_CHANNEL_PICK, "3", "3"),
    (s.AUDIO_CAPTURE_VOLUME, "keep", None),
    (s.AUDIO_CAPTURE_VOLUME, "80%", 80),
    (s.RESTART_DELAY, "2.5", 2.5),
    (s.MAX_UPTIME, "24h", 86_400.0),
    (s.MAX_UPTIME, "0", 0.0),
    (s.GAP_FILL_SECONDS, "0", 0.0),
    (s.ENABLE_AUTO_REBOOT, "Yes", True),
    (s.CPU_THRESHOLD, "79.9%", 79.9),
    (s.LOG_LEVEL, "WARNING", s.LogLevel.WARNING),
    (s.SERVER, "embedded", s.ServerChoice.EMBEDDED),
    (s.ALERT_URL, "", ""),
    (s.ALERT_URL, "https://ntfy.example/mics", "https://ntfy.example/mics"),
]
BAD = [
    (s.RTSP_PORT, "0"),
    (s.RTSP_PORT, "70000"),
    (s.RTSP_PORT, "1.5"),
    (s.RTSP_PORT, "-1"),
    (s.RTSP_PORT, ""),
    (s.RTSP_PORT, "٣"),
    (s.RTSP_PORT, "1_000"),
    (s.AUDIO_BITRATE, "192kb/s"),
    (s.AUDIO_BITRATE, "1"),
    (s.AUDIO_CODEC, "vorbis"),
    (s.LOG_DIR, "log"),
    (s.LOG_DIR, ""),
    (s.MEDIAMTX_BIN, "mediamtx"),
    (s.RESTART_DELAY, "0"),
    (s.MAX_UPTIME, "1"),
    (s.MAX_UPTIME, "1e4"),
    (s.AUDIO_CHANNEL_PICK, "0"),
    (s.AUDIO_CHANNEL_PICK, "1.5"),
    (s.AUDIO_CAPTURE_VOLUME, "101"),
    (s.MEDIAMTX_RELEASES_URL, ""),
    (s.ALERT_URL, "ntfy.example"),
    (s.RTSP_READ_USER, "two words"),
    (s.FFMPEG_ADDITIONAL_OPTS, "-af\tvolume=2"),
]


def test_every_key_of_the_product_is_declared_once() -> None:
    assert sorted(setting.key for setting in s.ALL) == sorted(PRODUCT)
    assert list(s.BY_KEY) == [setting.key for setting in s.ALL]
    assert all(getattr(s, setting.key) is setting for setting in s.ALL)


@pytest.mark.parametrize(("setting", "text", "value"), GOOD)
def test_it_takes(setting: Setting[Any], text: str, value: object) -> None:
    assert setting.parse(text) == value


@pytest.mark.parametrize(("setting", "text"), BAD)
def test_it_refuses_and_says_what_it_takes(setting: Setting[Any], text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(setting.takes)):
        setting.parse(text)


def test_a_bitrate_without_its_k_is_guessed() -> None:
    with pytest.raises(ValueError, match="did you mean 192k"):
        s.AUDIO_BITRATE.parse("192")


def test_a_wrong_log_level_is_answered_with_the_four_words() -> None:
    with pytest.raises(ValueError, match="debug, info, warning, error"):
        s.LOG_LEVEL.parse("loud")


@pytest.mark.parametrize("setting", s.ALL, ids=lambda setting: setting.key)
def test_the_default_is_read_as_it_is_written(setting: Setting[Any]) -> None:
    assert setting.parse(setting.default_text) == setting.default
    assert setting.help.endswith(".")


@given(st.sampled_from(s.ALL), st.one_of(st.text(), st.from_regex(r"[0-9]{1,7}(\.[0-9]{1,4})?[a-zA-Z%]{0,2}")))
def test_whatever_is_read_is_written_and_read_the_same(setting: Setting[Any], text: str) -> None:
    try:
        value = setting.parse(text)
    except ValueError as error:
        assert setting.takes in str(error)
        return
    assert setting.parse(setting.render(value)) == value
    assert "\n" not in setting.render(value)


def test_only_the_sound_may_stand_in_a_device_file() -> None:
    stream = {setting.key for setting in s.ALL if setting.scope is Scope.STREAM}
    assert stream == {key for key in PRODUCT if key.startswith("AUDIO_")} | {"FFMPEG_ADDITIONAL_OPTS"}


def test_passwords_are_secret() -> None:
    secret = {setting.key for setting in s.ALL if setting.secret}
    assert secret == {"RTSP_READ_USER", "RTSP_READ_PASSWORD", "ALERT_URL"}


def test_a_setting_knows_its_other_names() -> None:
    assert s.AUDIO_CODEC.option == "--audio-codec"
    assert s.AUDIO_CODEC.variable == "AUDIO_RTSP_AUDIO_CODEC"
