"""The media server's units and the rotation of its log, as systemd and logrotate read them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from audio_rtsp.server.mediamtx.conf_files import ConfFiles

TEMPLATES = files("audio_rtsp").joinpath("install/templates")
UNITS = ("mediamtx.service", "mediamtx-config.path", "mediamtx-config.service")
MOST_EXPOSURE = {"mediamtx.service": 13, "mediamtx-config.service": 50}
"""In tenths, as ``systemd-analyze security --threshold`` takes it."""
analyze = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")


def template(name: str) -> str:
    return TEMPLATES.joinpath(name).read_text("utf-8")


def lines(name: str) -> list[str]:
    return [line for line in template(name).splitlines() if line and not line.startswith("#")]


@pytest.fixture
def units(tmp_path: Path) -> Path:
    for name in UNITS:
        (tmp_path / name).write_text(template(name).replace("@PROGRAM@", "/bin/true"))
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "ExecStart=/usr/local/mediamtx/mediamtx /etc/mediamtx/checked/mediamtx.yml",
        "User=mediamtx",
        "Restart=always",
        "RestartSec=1",
        "StartLimitIntervalSec=0",
        "KillSignal=SIGINT",
        "StateDirectory=mediamtx",
        "LogsDirectory=mediamtx",
        "WorkingDirectory=/var/lib/mediamtx",
        "Environment=MTX_MOQ=no",
        "SystemCallErrorNumber=EPERM",
    ],
)
def test_what_keeps_the_server_up_is_in_it(line: str) -> None:
    assert line in lines("mediamtx.service")


def test_no_word_of_ours_is_taken_for_a_setting_of_the_server() -> None:
    environment = [line for line in lines("mediamtx.service") if "Environment" in line]
    assert environment == ["Environment=MTX_MOQ=no"]


def test_a_change_of_the_owners_file_calls_the_check_however_often() -> None:
    assert "PathChanged=/etc/mediamtx/mediamtx.yml" in lines("mediamtx-config.path")
    assert "ExecStart=@PROGRAM@ mediamtx config --follow" in lines("mediamtx-config.service")
    assert "StartLimitIntervalSec=0" in lines("mediamtx-config.service")
    assert "RemainAfterExit=yes" not in lines("mediamtx-config.service"), "a second change would call nothing"
    assert "Before=mediamtx.service" in lines("mediamtx-config.service")


def test_a_start_on_a_new_copy_is_looked_at_and_an_old_one_costs_nothing() -> None:
    look = next(line for line in lines("mediamtx.service") if line.startswith("ExecStartPost="))
    marker = ConfFiles.under(Path("/")).last_good
    assert f"[ ! -e {marker} ] || exec @PROGRAM@ mediamtx config --settle" in look
    assert look.startswith("ExecStartPost=-+"), "as root, and whatever comes of it the server stays"


def test_low_ports_give_back_what_the_sandbox_takes() -> None:
    assert "PrivateUsers=no" in lines("mediamtx-low-ports.conf")
    assert "AmbientCapabilities=CAP_NET_BIND_SERVICE" in lines("mediamtx-low-ports.conf")


@analyze
@pytest.mark.parametrize("name", UNITS)
def test_systemd_has_no_complaint(units: Path, name: str) -> None:
    argv = ("systemd-analyze", "verify", *(str(units / one) for one in UNITS))
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    assert [line for line in done.stderr.splitlines() if name in line and "not executable" not in line] == []


@analyze
@pytest.mark.parametrize("name", MOST_EXPOSURE)
def test_its_exposure_is_small(units: Path, name: str) -> None:
    done = exposure(units / name)
    if "Unknown option" in done.stderr or "unrecognized option" in done.stderr:
        pytest.skip("this systemd judges installed units only")
    assert done.returncode == 0, done.stdout
    assert "Overall exposure level" in done.stdout


@analyze
def test_the_same_check_fails_without_the_sandbox(units: Path) -> None:
    unit = units / "mediamtx.service"
    kept = [line for line in unit.read_text().splitlines() if not line.startswith(("Protect", "SystemCallFilter"))]
    unit.write_text("\n".join(kept))
    assert exposure(unit).returncode != 0


def exposure(unit: Path) -> subprocess.CompletedProcess[str]:
    threshold = f"--threshold={MOST_EXPOSURE[unit.name]}"
    argv = ("systemd-analyze", "security", "--offline=yes", "--no-pager", threshold, str(unit))
    return subprocess.run(argv, capture_output=True, text=True, timeout=30)


@pytest.fixture
def rotation(tmp_path: Path) -> Path:
    """The rotation file, for logs under *tmp_path* that belong to the user of the test."""
    if not shutil.which("logrotate", path=f"{os.environ['PATH']}:/usr/sbin"):
        pytest.skip("logrotate is not installed")
    me = pwd.getpwuid(os.getuid()).pw_name
    text = template("logrotate").replace("@DAYS@", "3").replace("/var/log", str(tmp_path))
    for user in ("audio-rtsp", "mediamtx"):
        text = text.replace(f"su {user} {user}", f"su {me} {me}")
        (tmp_path / user).mkdir()
    path = tmp_path / "rotation"
    path.write_text(text)
    path.chmod(0o644)
    return path


def rotate(rotation: Path) -> None:
    program = shutil.which("logrotate", path=f"{os.environ['PATH']}:/usr/sbin") or ""
    argv = (program, "--force", "--state", str(rotation.with_name("state")), str(rotation))
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_servers_log_is_emptied_under_its_open_descriptor(rotation: Path) -> None:
    log = rotation.parent / "mediamtx/mediamtx.log"
    with log.open("a", buffering=1) as server:
        for day in range(5):
            server.write(f"day {day}\n")
            rotate(rotation)
        server.write("after\n")
    assert log.read_text() == "after\n"
    assert sorted(one.name for one in log.parent.iterdir()) == [log.name, *(f"{log.name}.{n}.gz" for n in (1, 2, 3))]


def test_our_own_logs_are_moved_and_not_made_anew(rotation: Path) -> None:
    log = rotation.parent / "audio-rtsp/service.log"
    log.write_text("one\n")
    rotate(rotation)
    assert not log.exists()
    assert (log.parent / "service.log.1").read_text() == "one\n"
