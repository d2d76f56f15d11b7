"""Precedence, complaints, and the last good value."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio_rtsp.config.edit import change_file
from audio_rtsp.config.load import Configuration, resolve
from audio_rtsp.config.settings import (
    AUDIO_BITRATE,
    AUDIO_CHANNELS,
    AUDIO_CODEC,
    AUDIO_SAMPLE_RATE,
    CPU_THRESHOLD,
    LOG_DIR,
    LOG_LEVEL,
    RTSP_PORT,
)
from audio_rtsp.config.sources import Sources
from audio_rtsp.config.values import OriginKind, Values
from audio_rtsp.errors import ConfigRefused
from audio_rtsp.server.mediamtx.asked import read_wanted
from unit.config.folder import Read, Write


def said(read: Configuration) -> list[str]:
    return [str(complaint) for complaint in read.complaints]


def test_a_missing_folder_is_all_defaults_without_complaint(read: Read, tmp_path: Path) -> None:
    tmp_path.rmdir()
    assert read().complaints == ()
    assert read().service == Values() == read().for_stream("desk")
    assert read().stream_names == frozenset()


def test_the_stronger_place_wins(write: Write, read: Read) -> None:
    write("config", "AUDIO_CODEC=aac\nAUDIO_CHANNELS=2\nRTSP_PORT=8554\nAUDIO_BITRATE=96k\n")
    write("devices/desk.conf", "AUDIO_CODEC=libopus\nAUDIO_SAMPLE_RATE=48000\nAUDIO_BITRATE=64k\n")
    found = read({"AUDIO_RTSP_AUDIO_CODEC": "mp3", "AUDIO_RTSP_RTSP_PORT": "9554"}, {"RTSP_PORT": "10554"})
    desk = found.for_stream("desk")
    assert said(found) == []
    assert (desk[AUDIO_CODEC], desk.origin(AUDIO_CODEC).where) == ("libmp3lame", "AUDIO_RTSP_AUDIO_CODEC")
    assert (desk[AUDIO_BITRATE], desk.origin(AUDIO_BITRATE).where) == (64_000, "devices/desk.conf:3")
    assert (desk[AUDIO_CHANNELS], desk.origin(AUDIO_CHANNELS).where) == (2, "config:2")
    assert (desk[RTSP_PORT], desk.origin(RTSP_PORT).where) == (10554, "--rtsp-port")
    assert desk.origin(LOG_LEVEL).kind is OriginKind.DEFAULT
    assert found.for_stream("door") == found.service
    assert found.stream_names == {"desk"}


def test_values_are_equal_whatever_their_origin(write: Write, read: Read) -> None:
    write("config", "RTSP_PORT=18554\n")
    assert read().service == Values()
    assert hash(read().service) == hash(Values())
    assert read(overrides={"RTSP_PORT": "1"}).service != Values()


def test_all_complaints_come_at_once_with_file_line_and_guess(write: Write, read: Read) -> None:
    write(
        "config", '# head\nAUDIO_BITRAT=96k\nRTSP_PORT=70000\nLOG_LEVEL=loud\nnonsense\nAUDIO_CODEC="aac\nLOG_DIR=log\n'
    )
    write("devices/desk.conf", "\nRTSP_PORT=1\n")
    write("devices/Big Desk.conf", "")
    write("device_map.conf", "x=Desk\n")
    assert said(read({"AUDIO_RTSP_AUDIO_CODC": "x"}, {"AUDIO_CHANNELS": "no"})) == [
        "config:2: AUDIO_BITRAT: unknown key; did you mean AUDIO_BITRATE?",
        "config:3: RTSP_PORT: '70000' cannot be used; takes a whole number from 1 to 65535",
        "config:4: LOG_LEVEL: 'loud' cannot be used; takes one of debug, info, warning, error",
        "config:5: is not KEY=VALUE: 'nonsense'",
        "config:6: AUDIO_CODEC: the quote \" is never closed: 'AUDIO_CODEC=\"aac'",
        "config:7: LOG_DIR: 'log' cannot be used; takes a whole path, such as /var/log/audio-rtsp",
        "devices: 'Big Desk.conf' is not read, no stream can have this name; rename it to big_desk.conf",
        "devices/desk.conf:2: RTSP_PORT: holds for all streams; write it in config, not in a device file",
        "AUDIO_RTSP_AUDIO_CODC: AUDIO_CODC: unknown key; did you mean AUDIO_CODEC?",
        "--audio-channels: AUDIO_CHANNELS: 'no' cannot be used; takes a whole number from 1 to 32",
        "device_map.conf:1: 'Desk' cannot be a name; did you mean desk?",
    ]
    assert read().service == Values()


def test_a_complaint_is_one_printable_line_whatever_the_file_holds(write: Write, read: Read) -> None:
    write("config", b"\x01" * 4096 + b"\nRTSP_PORT=\x1b[31m\x80\n" + b"x" * 500)
    assert len(read().complaints) == 3
    assert all(line.isprintable() and len(line) < 200 for line in said(read()))


def test_a_bad_value_leaves_the_last_good_one(write: Write, read: Read) -> None:
    write("config", "RTSP_PORT=8554\nAUDIO_CODEC=aac\n")
    write("devices/desk.conf", "AUDIO_CODEC=libopus\n")
    good = read()
    write("config", "RTSP_PORT=0\nAUDIO_CODEC=aac\n")
    write("devices/desk.conf", "AUDIO_CODEC=vorbis\n")
    bad = read(previous=good)
    assert bad.service[RTSP_PORT] == 8554
    assert bad.for_stream("desk")[AUDIO_CODEC] == "libopus"
    assert len(bad.complaints) == 2
    assert read(previous=bad).service == good.service
    assert read().service[RTSP_PORT] == 18554
    assert read().for_stream("desk")[AUDIO_CODEC] == "aac"


WRECKS = {
    "zeros": (b"\0" * 512, "nothing but zero bytes, as after a power cut"),
    "a tail of zeros": (b"RTSP_PORT=9554\n" + b"\0" * 512, "no text any more"),
    "UTF-16": ("RTSP_PORT=9554\r\n".encode("utf-16"), "save it as UTF-8"),
    "a web page": (b"<html>\n<body>404</body>\n", "not one line of it is "),
}


@pytest.mark.parametrize("name", ["config", "devices/desk.conf", "device_map.conf"])
@pytest.mark.parametrize(("data", "says"), WRECKS.values(), ids=WRECKS)
def test_a_wrecked_file_leaves_all_that_held_and_is_told_once(
    write: Write, read: Read, name: str, data: bytes, says: str
) -> None:
    write("config", "RTSP_PORT=8554\nAUDIO_CODEC=aac\n")
    write("devices/desk.conf", "AUDIO_BITRATE=64k\n")
    write("device_map.conf", "x=desk\n")
    good = read()
    write(name, data)
    bad = read(previous=good)
    assert (bad.layers, bad.device_map) == (good.layers, good.device_map)
    (line,) = said(bad)
    assert line.startswith(f"{name}: cannot be read (") and says in line and "what held before stays in force" in line
    assert "nothing of it is in force" in said(read())[0]


def test_an_emptied_global_file_moves_no_port_and_takes_no_password_away(
    write: Write, read: Read, tmp_path: Path
) -> None:
    write("config", "RTSP_PORT=8554\nRTSP_READ_PASSWORD=x\n")
    good = read()
    write("config", "")
    bad = read(previous=good)
    assert bad.service == good.service
    assert "what held before stays in force" in said(bad)[0]
    with pytest.raises(ConfigRefused):
        read_wanted(tmp_path, {})
    assert said(read()) == [], "where nothing held before it is as good as none"
    change_file(write("config", ""), lambda data: b"RTSP_PORT=8554\n")
    change_file(tmp_path / "config", lambda data: data + b"API_PORT=8555\n")
    write("config", "")
    assert "it is empty" in said(read())[0], "a copy of it shows that it held something"
    (tmp_path / "config").unlink()  # who wants the defaults
    assert (said(read(previous=good)), read(previous=good).service[RTSP_PORT]) == ([], 18554)


def test_zeros_in_the_blacklist_let_no_ignored_device_in(write: Write, read: Read) -> None:
    write("device_blacklist.conf", "HDMI\n")
    good = read()
    write("device_blacklist.conf", b"\0" * 10)
    assert read(previous=good).blacklist == good.blacklist


def test_a_quote_too_many_in_the_blacklist_lets_no_ignored_device_in(write: Write, read: Read) -> None:
    write("device_blacklist.conf", "HDMI\nwebcam\nmic\n")
    good = read()
    write("device_blacklist.conf", '"HDMI\n“webcam”\n# mic\n')
    bad = read(previous=good)
    assert [entry.text for entry in bad.blacklist.entries] == ["HDMI", "webcam"]
    assert len(said(bad)) == 2
    write("device_blacklist.conf", 'mic\n"mic\n')
    again = read(previous=read(previous=good))
    assert [entry.text for entry in again.blacklist.entries].count("mic") == 1, "it does not grow with each reload"


def test_a_wrecked_file_comes_with_the_command_that_brings_it_back(write: Write, read: Read, tmp_path: Path) -> None:
    path = write("config", b"\0\0\0")
    assert said(read())[0].endswith(f"there is no backup of it; mend it, or begin anew: rm {path}")
    write("backups/config.20260101-000000", "RTSP_PORT=8554\n")
    write("backups/config.20260102-000000", b"\0\0\0")
    command, then = said(read())[0].rpartition("fix: ")[2].split("; then: ")
    assert then == "audio-rtsp config reload"
    assert command == f"cp {tmp_path}/backups/config.20260101-000000 {path}"
    subprocess.run(command.split(), check=True)
    assert (said(read()), read().service[RTSP_PORT]) == ([], 8554)


def test_a_bad_name_in_the_map_leaves_the_one_before(write: Write, read: Read) -> None:
    write("device_map.conf", "x=desk\ny=door\n")
    good = read()
    write("device_map.conf", "x=Desk\n")
    bad = read(previous=good).device_map
    assert (bad.name_of("x"), bad.name_of("y")) == ("desk", None)
    write("device_map.conf", "x=Desk\ny=desk\n")
    bad = read(previous=good).device_map
    assert (bad.name_of("x"), bad.name_of("y")) == (None, "desk")


def test_a_mistyped_key_leaves_the_last_good_value(write: Write, read: Read) -> None:
    write("config", "AUDIO_BITRATE=64k\n")
    good = read()
    write("config", "AUDIO_BITRAT=96k\n")
    assert read(previous=good).service[AUDIO_BITRATE] == 64_000


def test_a_removed_key_falls_back_to_its_default(write: Write, read: Read) -> None:
    write("config", "RTSP_PORT=8554\n")
    good = read()
    write("config", "# none\n")
    assert read(previous=good).service[RTSP_PORT] == 18554


def test_the_last_of_repeated_keys_counts_and_is_told(write: Write, read: Read) -> None:
    write("config", "AUDIO_CODEC=aac\nAUDIO_CODEC=libopus\nCPU_THRESHOLD=80\nCPU_THRESHOLD=81\n")
    assert read().service[AUDIO_CODEC] == "libopus"
    assert read().service[CPU_THRESHOLD] == 81
    assert said(read()) == [
        "config:2: AUDIO_CODEC: stands in line 1 too; the last one counts, remove the other",
        "config:4: CPU_THRESHOLD: stands in line 3 too; the last one counts, remove the other",
    ]


@pytest.mark.parametrize("name", ["config", "device_map.conf", "device_blacklist.conf", "devices/desk.conf"])
def test_a_file_that_is_none_is_told_and_what_held_before_stays(
    write: Write, read: Read, tmp_path: Path, name: str
) -> None:
    write("config", "RTSP_PORT=8554\n")
    write("device_map.conf", "x=desk\n")
    write("device_blacklist.conf", "HDMI\n")
    write("devices/desk.conf", "AUDIO_CODEC=aac\n")
    good = read()
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    bad = read(previous=good)
    assert said(bad) == [f"{name}: cannot be read (it is a directory); what held before stays in force"]
    assert (bad.service, bad.for_stream("desk")) == (good.service, good.for_stream("desk"))
    assert (bad.device_map, bad.blacklist) == (good.device_map, good.blacklist)
    assert len(read().complaints) == 1


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_told(write: Write, read: Read) -> None:
    write("config", "RTSP_PORT=8554\n").chmod(0)
    assert said(read()) == ["config: cannot be read (permission denied); nothing of it is in force"]


def test_a_pipe_in_place_of_a_file_is_not_waited_for(read: Read, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config")
    assert said(read()) == ["config: cannot be read (it is not a regular file); nothing of it is in force"]


def test_a_devices_directory_that_is_a_file_is_told(write: Write, read: Read) -> None:
    write("devices", "")
    assert said(read()) == ["devices: cannot be read (not a directory); nothing of it is in force"]


def test_other_files_beside_the_device_files_are_left_alone(write: Write, read: Read) -> None:
    for name in (
        "README",
        "desk.conf.example",
        "desk.conf~",
        "desk.conf.bak",
        ".desk.conf.swp",
        "#desk.conf#",
        ".#desk.conf",
    ):
        write(f"devices/{name}", "RTSP_PORT=x\n")
    write("devices/backups/desk.conf.20260101-000000", "RTSP_PORT=x\n")
    assert (said(read()), read().stream_names) == ([], frozenset())


def test_strange_variables_of_other_programs_are_left_alone(read: Read) -> None:
    environ = {"AUDIO_RTSP_SOURCE": "x", "AUDIO_RTSP_CONFIG_DIR": "/x", "AUDIO_RTSP_STATE_DIR": "/x", "RTSP_PORT": "1"}
    assert read(environ).complaints == ()
    assert read(environ).service == Values()


def test_a_secret_is_in_no_complaint_and_no_repr(write: Write, read: Read) -> None:
    write("config", 'RTSP_READ_PASSWORD="hunter2\nRTSP_READ_PASSWORD=hun ter2\nrtsp_read_password hunter2\n')
    text = "\n".join(said(read())) + repr(read(overrides={"RTSP_READ_PASSWORD": "hunter2"}).service)
    assert len(read().complaints) == 4
    assert "ter2" not in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "CPU_THRESHOLD=96",
            "CPU_THRESHOLD: 96 is not below EMERGENCY_CPU_THRESHOLD (95), so the emergency would always come first",
        ),
        (
            "CPU_WARNING_THRESHOLD=80",
            "CPU_WARNING_THRESHOLD: 80 is not below CPU_THRESHOLD (80), "
            "so nothing would be warned of before it is acted on",
        ),
        (
            "EMERGENCY_MEMORY_THRESHOLD=14",
            "EMERGENCY_MEMORY_THRESHOLD: 14 is not above MEMORY_THRESHOLD (15), "
            "so the emergency would always come first",
        ),
        ("RTSP_READ_USER=me", "RTSP_READ_USER: asks nobody for a password; set RTSP_READ_PASSWORD first"),
    ],
)
def test_settings_that_contradict_each_other_are_told(write: Write, read: Read, text: str, says: str) -> None:
    write("config", text)
    assert said(read()) == [f"config:1: {says}"]


def test_a_password_alone_is_told_to_ask_nobody_and_is_no_fault(write: Write, read: Read) -> None:
    write("config", "RTSP_READ_PASSWORD=hunter2\n").chmod(0o600)
    found = read()
    assert found.complaints == ()
    assert list(map(str, found.warnings)) == ["config:1: RTSP_READ_PASSWORD: asks nobody yet; set RTSP_READ_USER, too"]
    write("config", "RTSP_READ_PASSWORD=hunter2\nRTSP_READ_USER=me\n")
    assert read().warnings == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(), st.binary(), st.binary(), st.binary())
def test_arbitrary_bytes_never_raise(config: bytes, device: bytes, names: bytes, ignored: bytes) -> None:
    sources = Sources(config=config, devices={"desk": device}, device_map=names, blacklist=ignored)
    read = resolve(sources, environ={}, overrides={})
    assert read.for_stream("desk")[AUDIO_SAMPLE_RATE] >= 8000
    assert all("\n" not in str(complaint) for complaint in read.complaints)


def test_a_relative_log_directory_leaves_the_default(write: Write, read: Read) -> None:
    write("config", "LOG_DIR=logs\n")
    assert read().service[LOG_DIR] == LOG_DIR.default
