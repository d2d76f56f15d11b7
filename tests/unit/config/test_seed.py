"""The seed's text files, copied byte by byte: no complaint, and the values they say (rows 97, 116, 129, 131, 133)."""

from __future__ import annotations

from pathlib import Path

from audio_rtsp.config import settings as s
from audio_rtsp.config.values import Values
from unit.config.folder import Read, Seed, Write


def test_the_global_file_has_no_complaint_and_says_the_defaults(write: Write, read: Read, seed: Seed) -> None:
    write("config", seed("config"))
    assert read().complaints == ()
    assert read().service == Values()


def test_the_defaults_are_those_of_the_seed() -> None:
    values = Values()
    assert (values[s.RTSP_PORT], values[s.RESTART_DELAY], values[s.MAX_RESTART_ATTEMPTS]) == (18554, 10.0, 5)
    assert (values[s.LOG_LEVEL], values[s.LOG_DIR], values[s.LOG_ROTATE_DAYS]) == (
        "info",
        Path("/var/log/audio-rtsp"),
        7,
    )
    assert (values[s.AUDIO_BITRATE], values[s.AUDIO_CODEC]) == (192_000, "libmp3lame")
    assert (values[s.AUDIO_CHANNELS], values[s.AUDIO_SAMPLE_RATE]) == (1, 44100)
    assert (values[s.CPU_THRESHOLD], values[s.MEMORY_THRESHOLD]) == (80, 15)
    assert (values[s.MAX_UPTIME], values[s.ENABLE_AUTO_REBOOT], values[s.MAX_STREAMS]) == (86400, False, 32)


def test_the_device_file_has_its_five_values(write: Write, read: Read, seed: Seed) -> None:
    write("devices/conference_room_mic.conf", seed("conference_room_mic.conf"))
    assert read().complaints == ()
    values = read().for_stream("conference_room_mic")
    assert values[s.AUDIO_CHANNELS] == 2
    assert values[s.AUDIO_SAMPLE_RATE] == 48000
    assert values[s.AUDIO_BITRATE] == 256_000
    assert values[s.AUDIO_CODEC] == "libmp3lame"
    assert values[s.FFMPEG_ADDITIONAL_OPTS] == "-af highpass=f=100,lowpass=f=8000,volume=2.0"


def test_the_device_map_loads(write: Write, read: Read, seed: Seed) -> None:
    write("device_map.conf", seed("device_map.conf"))
    assert read().complaints == ()
    assert [(entry.identity, entry.name, entry.line) for entry in read().device_map.entries] == [
        ("usb_audio_c13487", "conference_room_mic", 2),
        ("usb_audio_a98712", "reception_desk", 3),
        ("usb_audio_046d041e", "wireless_lapel_mic", 4),
    ]


def test_the_blacklist_has_three_entries_without_their_comments(write: Write, read: Read, seed: Seed) -> None:
    write("device_blacklist.conf", seed("device_blacklist.conf"))
    assert read().complaints == ()
    assert [(entry.text, entry.line) for entry in read().blacklist.entries] == [
        ("bcm2835_headpho", 2),
        ("HDMI", 3),
        ("broken_webcam", 4),
    ]


def test_the_recovery_keys_may_follow_the_global_file_although_four_stand_twice_then(
    write: Write, read: Read, seed: Seed
) -> None:
    write("config", seed("config") + seed("recovery"))
    assert read().complaints == ()
    assert read().service == Values()
    assert read().service.origin(s.CPU_THRESHOLD).where == "config:21"


def test_the_tuning_lines_have_quotes_and_comments_behind(write: Write, read: Read, seed: Seed) -> None:
    write("config", seed("tuning"))
    assert read().complaints == ()
    values = read().service
    assert (values[s.AUDIO_CODEC], values[s.AUDIO_BITRATE], values[s.AUDIO_SAMPLE_RATE]) == (
        "libmp3lame",
        128_000,
        22050,
    )
    assert (values[s.CPU_THRESHOLD], values[s.CPU_SUSTAINED_PERIODS], values[s.MAX_STREAMS]) == (90, 5, 16)


def test_the_seeds_own_text_has_no_complaint_of_the_encoder(write: Write, read: Read, seed: Seed) -> None:
    from audio_rtsp.config.candidate import all_complaints
    from audio_rtsp.encoder import judgement

    write("config", seed("config") + seed("recovery"))
    write("devices/conference_room_mic.conf", seed("conference_room_mic.conf"))
    assert all_complaints(read(), judgement.complaints) == ()
