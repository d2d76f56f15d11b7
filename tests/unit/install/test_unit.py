"""The unit file that is shipped, as systemd reads it."""

from __future__ import annotations

import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

TEMPLATE = files("audio_rtsp").joinpath("install/templates/audio-rtsp.service").read_text("utf-8")
LINES = [line for line in TEMPLATE.splitlines() if line and not line.startswith("#")]
MOST_EXPOSURE = 15
"""In tenths, as ``systemd-analyze security --threshold`` takes it."""
analyze = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    file = tmp_path / "audio-rtsp.service"
    file.write_text(TEMPLATE.replace("@PROGRAM@", "/bin/true"))
    return file


@pytest.mark.parametrize(
    "line",
    [
        "Type=notify",
        "KillMode=mixed",
        "Restart=always",
        "RestartSec=1",
        "StartLimitIntervalSec=0",
        "OOMPolicy=continue",
        "RuntimeDirectoryPreserve=restart",
        "SystemCallErrorNumber=EPERM",
        "DeviceAllow=char-116 rw",
        "User=audio-rtsp",
        "SupplementaryGroups=audio",
        *(f"{kind}Directory=audio-rtsp" for kind in ("Configuration", "State", "Logs", "Runtime")),
    ],
)
def test_what_keeps_the_streams_up_is_in_it(line: str) -> None:
    assert line in LINES


@pytest.mark.parametrize(
    "word",
    ["PrivateDevices", "PrivateNetwork", "ProcSubset", "ProtectProc", "DynamicUser", "char-alsa", "ProtectSystem=full"],
)
def test_what_would_cost_the_sound_is_not_in_it(word: str) -> None:
    assert not [line for line in LINES if word in line]


def test_systemd_waits_longer_than_our_own_stop_takes() -> None:
    limit = next(line for line in LINES if line.startswith("TimeoutStopSec="))
    assert float(limit.partition("=")[2]) >= 10


@analyze
def test_systemd_has_no_complaint(unit: Path) -> None:
    done = subprocess.run(("systemd-analyze", "verify", str(unit)), capture_output=True, text=True, timeout=30)
    ours = [line for line in done.stderr.splitlines() if unit.name in line]
    assert ours == []


@analyze
def test_its_exposure_is_small(unit: Path) -> None:
    argv = ("systemd-analyze", "security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSURE}", str(unit))
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    if "Unknown option" in done.stderr or "unrecognized option" in done.stderr:
        pytest.skip("this systemd judges installed units only")
    assert done.returncode == 0, done.stdout
    assert "Overall exposure level" in done.stdout


@analyze
def test_the_same_check_fails_without_the_sandbox(unit: Path) -> None:
    kept = [line for line in unit.read_text().splitlines() if not line.startswith(("Protect", "SystemCallFilter"))]
    unit.write_text("\n".join(kept))
    argv = ("systemd-analyze", "security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSURE}", str(unit))
    assert subprocess.run(argv, capture_output=True, timeout=30).returncode != 0


def test_the_page_rotates_our_logs_and_leaves_out_a_server_that_is_not_there() -> None:
    """A user that does not exist is an error of logrotate's."""
    root = Path(__file__).resolve().parents[3]
    lines = (root / "docs/how-to/service.md").read_text("utf-8").splitlines()
    (typed,) = (line.partition(" > ")[0] for line in lines if line.endswith("> /etc/logrotate.d/audio-rtsp"))
    rotation = subprocess.run(typed, shell=True, cwd=root, capture_output=True, text=True, timeout=5).stdout
    assert rotation.split()[0] == "/var/log/audio-rtsp/*.log"
    assert "rotate 7" in rotation and "mediamtx" not in rotation and rotation.count("{") == rotation.count("}") == 1
