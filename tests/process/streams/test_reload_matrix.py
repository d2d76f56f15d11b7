"""Every setting at a reload: what is begun anew, what is lost. A new setting must be placed here."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from enum import Enum, auto
from pathlib import Path
from typing import Any

import pytest

from audio_rtsp.config.settings import ALL, BY_KEY
from audio_rtsp.supervision.desk import AT_START, DeskPlaces, MachineDesk
from process.streams.conftest import COUNTING
from process.streams.harness import Box, Program, listening, running, server_pid, wait_for

NAME = "lab-studio-stereo"
MOST_LOST = 0.05
"""Seconds."""


class Touches(Enum):
    """What a changed value begins anew, in its own stream alone."""

    NOTHING = auto()
    ENCODER = auto()
    CAPTURE = auto()
    NEXT_START = auto()


MATRIX: dict[str, tuple[str, Touches]] = {
    "RTSP_PORT": ("18555", Touches.NEXT_START),
    "API_PORT": ("19998", Touches.NEXT_START),
    "SERVER": ("mediamtx", Touches.NEXT_START),
    "MEDIAMTX_BIN": ("/opt/mediamtx", Touches.NEXT_START),
    "RTSP_READ_USER": ("joe", Touches.NEXT_START),
    "RTSP_READ_PASSWORD": ("secret", Touches.NEXT_START),
    "LOG_DIR": ("/var/log/elsewhere", Touches.NEXT_START),
    "AUDIO_BITRATE": ("64k", Touches.ENCODER),
    "AUDIO_CODEC": ("aac", Touches.ENCODER),
    "AUDIO_CHANNELS": ("1", Touches.ENCODER),
    "AUDIO_CHANNEL_PICK": ("right", Touches.ENCODER),
    "FFMPEG_ADDITIONAL_OPTS": ('"-af volume=1.5"', Touches.ENCODER),
    "AUDIO_SAMPLE_RATE": ("32000", Touches.CAPTURE),
    "AUDIO_CAPTURE_VOLUME": ("50", Touches.NOTHING),
    "AUDIO_SILENCE_SECONDS": ("30", Touches.NOTHING),
    "RESTART_DELAY": ("20", Touches.NOTHING),
    "MAX_RESTART_ATTEMPTS": ("6", Touches.NOTHING),
    "MAX_STREAMS": ("16", Touches.NOTHING),
    "GAP_FILL_SECONDS": ("20", Touches.NOTHING),
    "LOG_LEVEL": ("debug", Touches.NOTHING),
    "LOG_ROTATE_DAYS": ("8", Touches.NOTHING),
    "MEDIAMTX_RELEASES_URL": ("https://example.org/releases", Touches.NOTHING),
    "CPU_THRESHOLD": ("85", Touches.NOTHING),
    "CPU_WARNING_THRESHOLD": ("75", Touches.NOTHING),
    "CPU_SUSTAINED_PERIODS": ("4", Touches.NOTHING),
    "MEMORY_THRESHOLD": ("16", Touches.NOTHING),
    "MEMORY_WARNING_THRESHOLD": ("13", Touches.NOTHING),
    "EMERGENCY_CPU_THRESHOLD": ("96", Touches.NOTHING),
    "EMERGENCY_MEMORY_THRESHOLD": ("21", Touches.NOTHING),
    "FILE_DESCRIPTOR_THRESHOLD": ("1001", Touches.NOTHING),
    "COMBINED_CPU_THRESHOLD": ("150", Touches.NOTHING),
    "DISK_WARNING_THRESHOLD": ("81", Touches.NOTHING),
    "DISK_EMERGENCY_THRESHOLD": ("91", Touches.NOTHING),
    "RESTART_COOLDOWN": ("301", Touches.NOTHING),
    "REBOOT_THRESHOLD": ("4", Touches.NOTHING),
    "ENABLE_AUTO_REBOOT": ("true", Touches.NOTHING),
    "REBOOT_COOLDOWN": ("1801", Touches.NOTHING),
    "MAX_REBOOTS_IN_DAY": ("6", Touches.NOTHING),
    "MAX_UPTIME": ("90000", Touches.NOTHING),
    "MONITOR_INTERVAL": ("11", Touches.NOTHING),
    "TREND_HORIZON": ("3601", Touches.NOTHING),
    "ALERT_COMMAND": ("/bin/true", Touches.NOTHING),
    "ALERT_URL": ("https://example.org/alert", Touches.NOTHING),
}
BASE = {"AUDIO_CHANNEL_PICK": "AUDIO_CHANNELS=1\n", "AUDIO_BITRATE": "AUDIO_CODEC=libmp3lame\n"}
"""What a setting needs beside it to have any effect."""


def keys(*touches: Touches) -> list[str]:
    return [key for key, (_, touched) in MATRIX.items() if touched in touches]


def pids(program: Program, name: str) -> tuple[Any, Any]:
    one = program.stream(name)
    return one["capture_pid"], one["encoder_pid"]


def test_every_setting_is_placed() -> None:
    assert set(MATRIX) == {setting.key for setting in ALL}


def reloaded(box: Box, text: str) -> None:
    box.configure(text)
    from audio_rtsp.control.client import ask

    ask(box.root / "run/audio-rtsp/control.sock", "reload")


def test_most_settings_touch_nothing(box: Box) -> None:
    with running(box, "--server", "embedded", "--tone", "1") as program:
        program.wait_state(NAME, "LIVE")
        program.wait_state("tone-1", "LIVE")
        before = pids(program, NAME), pids(program, "tone-1")
        for key in keys(Touches.NOTHING):
            reloaded(box, f"{COUNTING}{key}={MATRIX[key][0]}\n")
            assert (pids(program, NAME), pids(program, "tone-1")) == before, key
            unknown = [line for line in (program.status() or {})["complaints"] if key in line and "VOLUME" not in key]
            assert unknown == [], key
        one = program.stream(NAME)
    assert (one["capture_restarts"], one["encoder_restarts"]) == (0, 0)
    assert one["lost_seconds"] == 0.0


@pytest.mark.parametrize("key", keys(Touches.ENCODER, Touches.CAPTURE))
def test_a_changed_sound_touches_its_own_stream_alone(box: Box, key: str) -> None:
    value, touched = MATRIX[key]
    base = COUNTING + BASE.get(key, "")
    box.configure(base)
    with running(box, "--server", "embedded", "--tone", "1") as program:
        program.wait_state(NAME, "LIVE")
        program.wait_state("tone-1", "LIVE")
        capture, encoder = pids(program, NAME)
        tone = pids(program, "tone-1")
        (box.root / "etc/audio-rtsp/devices").mkdir()
        (box.root / f"etc/audio-rtsp/devices/{NAME}.conf").write_text(f"{key}={value}\n")
        reloaded(box, base)
        wait_for(lambda: program.stream(NAME)["encoder_pid"] not in (None, encoder), 5, "another encoder")
        after = program.wait_state(NAME, "LIVE")
        assert pids(program, "tone-1") == tone
    assert (after["capture_pid"] == capture) is (touched is Touches.ENCODER)
    if touched is Touches.ENCODER:
        assert after["lost_seconds"] <= MOST_LOST
    assert after["lost_seconds"] < 2.0


@pytest.mark.parametrize("key", keys(Touches.NEXT_START))
def test_what_the_server_needs_waits_for_the_next_start_and_says_so(tmp_path: Path, key: str) -> None:
    """Asked of the desk: the harness names the ports on the command line, which wins over the file."""
    config = tmp_path / "config"
    places = DeskPlaces(root=tmp_path, config=tmp_path, state=tmp_path / "state", logs=tmp_path / "log")
    desk = MachineDesk(places)
    assert desk.complaints() == ()
    config.write_text(f"{key}={MATRIX[key][0]}\n")
    assert [line for line in desk.reload() if line.startswith(f"{key}: changed, takes effect at the next start")]
    config.unlink()
    assert desk.reload() == ()


def test_our_own_server_follows_the_gap_at_once_and_over_its_restart(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(0.3)
            reloaded(box, f"{COUNTING}GAP_FILL_SECONDS=1\n")
            wait_for(lambda: gap_seconds(box) == 1.0, 4, "the server knows")
            listener.wait_seconds(0.3)
            assert listener.is_connected
        first = server_pid(program)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: not os.path.exists(f"/proc/{first}"), 5, "the server is dead")  # noqa: PTH110
        wait_for(lambda: gap_seconds(box) == 1.0, 10, "the next one knows")


def gap_seconds(box: Box) -> float | None:
    """As the server says; None while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{box.api_port}/v3/info", timeout=1) as answer:
            return float(json.load(answer)["gapSeconds"])
    except OSError:
        return None


def test_the_desk_knows_what_waits_for_the_next_start() -> None:
    assert {BY_KEY[key] for key in keys(Touches.NEXT_START)} == set(AT_START)
