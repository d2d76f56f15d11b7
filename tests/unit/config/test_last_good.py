"""What held before a restart still holds after it, when the files do not say better."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from audio_rtsp.config.last_good import FILE, load_last_good, save_last_good
from audio_rtsp.config.load import Configuration, load
from audio_rtsp.config.settings import AUDIO_BITRATE, FFMPEG_ADDITIONAL_OPTS, RTSP_PORT, RTSP_READ_PASSWORD
from unit.config.folder import Read, Write


@pytest.fixture
def after_restart(tmp_path: Path) -> Read:
    """Read the folder as a program does that was just started."""
    return lambda: load(tmp_path, environ={}, overrides={}, previous=load_last_good(tmp_path / "state", tmp_path))


@pytest.fixture
def good(write: Write, read: Read, tmp_path: Path) -> Configuration:
    write("config", "RTSP_PORT=8554\nRTSP_READ_PASSWORD=hunter2\n")
    write("devices/desk.conf", 'AUDIO_BITRATE=64k\nFFMPEG_ADDITIONAL_OPTS="-af volume=1.2 # $HOME"\n')
    write("device_map.conf", "usb_a=desk\n")
    write("device_blacklist.conf", "HDMI\nA card # no\n")
    now = read()
    assert save_last_good(tmp_path / "state", tmp_path, now) == ()
    return now


@pytest.mark.parametrize("bad", [b"\0" * 64, b"RTSP_PORT=x\nRTSP_READ_PASSWORD=a b\n"])
def test_a_bad_file_at_start_falls_back_on_what_held_before(
    good: Configuration, write: Write, after_restart: Read, bad: bytes
) -> None:
    write("config", bad)
    now = after_restart()
    assert (now.service[RTSP_PORT], now.service[RTSP_READ_PASSWORD]) == (8554, "hunter2")
    assert now.service.origin(RTSP_PORT).where == "config before"
    assert now.complaints


def test_every_kind_of_file_is_kept(good: Configuration, write: Write, after_restart: Read) -> None:
    for name in ("devices/desk.conf", "device_map.conf", "device_blacklist.conf"):
        write(name, b"\0\0")
    now = after_restart()
    desk = now.for_stream("desk")
    assert (desk[AUDIO_BITRATE], desk[FFMPEG_ADDITIONAL_OPTS]) == (64_000, "-af volume=1.2 # $HOME")
    assert now.device_map.name_of("usb_a") == "desk"
    assert [entry.text for entry in now.blacklist.entries] == ["HDMI", "A card"]


def test_what_the_owner_took_out_is_not_brought_back(
    good: Configuration, write: Write, after_restart: Read, tmp_path: Path
) -> None:
    write("config", "# none\n")
    (tmp_path / "devices/desk.conf").unlink()
    assert after_restart().service[RTSP_PORT] == RTSP_PORT.default
    assert after_restart().for_stream("desk")[AUDIO_BITRATE] == AUDIO_BITRATE.default


def test_it_is_for_nobody_elses_eyes_and_written_only_when_it_changes(good: Configuration, tmp_path: Path) -> None:
    path = tmp_path / "state" / FILE
    before = path.stat()
    assert stat.S_IMODE(before.st_mode) == 0o600
    assert save_last_good(tmp_path / "state", tmp_path, good) == ()
    assert path.stat().st_ino == before.st_ino


def test_another_folders_values_do_not_count(good: Configuration, tmp_path: Path) -> None:
    assert load_last_good(tmp_path / "state", tmp_path / "other") is None


@pytest.mark.parametrize("broken", [b"", b"\0", b"{}", b"[]", b"[" * 100_000, b'{"folder": 1}', b'\xff"', b"null"])
def test_a_broken_memory_is_none(good: Configuration, tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "state" / FILE).write_bytes(broken)
    assert load_last_good(tmp_path / "state", tmp_path) is None


@pytest.mark.parametrize("part", ["config", "devices", "device_map", "blacklist"])
@pytest.mark.parametrize("other", [5, None, [5], [[]], {"desk": 5}, {"desk": ["AUDIO_BITRATE=1", None]}])
def test_a_part_of_another_shape_is_none(good: Configuration, tmp_path: Path, part: str, other: object) -> None:
    path = tmp_path / "state" / FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), part: other}))
    found = load_last_good(tmp_path / "state", tmp_path)
    assert found is None or found.complaints == ()


def test_a_state_that_cannot_be_written_is_told(good: Configuration, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (line,) = save_last_good(tmp_path / "file" / "state", tmp_path, good)
    assert "cannot be written (not a directory)" in line
