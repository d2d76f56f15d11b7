"""The default files and the reference page are made of the declarations and are true."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from audio_rtsp.config.blacklist import Blacklist
from audio_rtsp.config.defaults import DEVICE_BLACKLIST, DEVICE_MAP, render_default_config
from audio_rtsp.config.device_map import DeviceMap
from audio_rtsp.config.keyvalue import parse_lines
from audio_rtsp.config.reference import render_reference
from audio_rtsp.config.settings import ALL
from audio_rtsp.config.values import OriginKind, Values
from unit.config.folder import Read, Write

ROOT = Path(__file__).parents[3]


def test_the_default_files_load_without_complaint_and_change_nothing(write: Write, read: Read) -> None:
    write("config", render_default_config())
    write("device_map.conf", DEVICE_MAP)
    write("device_blacklist.conf", DEVICE_BLACKLIST)
    assert read().complaints == ()
    assert read().service == Values()
    assert (read().device_map, read().blacklist) == (DeviceMap(), Blacklist())


def test_the_default_file_holds_every_key_once_each_with_a_comment(write: Write, read: Read) -> None:
    data = render_default_config().encode()
    assert [line.key for line in parse_lines(data) if line.key] == [setting.key for setting in ALL]
    write("config", data)
    assert all(read().service.origin(setting).kind is OriginKind.FILE for setting in ALL)
    lines = render_default_config().splitlines()
    assert all(lines[index - 1].startswith("# ") for index, line in enumerate(lines) if "=" in line and line[0] != "#")
    assert max(map(len, lines)) <= 100


def test_the_reference_page_is_up_to_date() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text("utf-8")
    assert page == render_reference(), "run script/docs"
    assert all(f"### {setting.key}\n" in page for setting in ALL)


def test_the_generator_tells_by_its_exit_code() -> None:
    check = subprocess.run([sys.executable, ROOT / "script/docs", "--check"], capture_output=True, text=True)
    assert (check.returncode, check.stdout) == (0, "")


def test_settings_with_two_meanings_say_both() -> None:
    for key in ("MAX_RESTART_ATTEMPTS", "RESTART_COOLDOWN"):
        text = next(setting.help for setting in ALL if setting.key == key)
        assert "Streams:" in text and "Monitor:" in text
