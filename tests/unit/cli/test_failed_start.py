"""A program that cannot start: the owner finds the reason where he looks, not in systemd's journal alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from audio_rtsp.cli.main import main
from audio_rtsp.errors import AlreadyRunning, AudioRtspError, NotWritable, PortTaken, ServerFailed
from audio_rtsp.events.journal import Journal
from audio_rtsp.service import Face, _instance, _of_service, _records
from audio_rtsp.supervision.desk import DeskPlaces, MachineDesk

FACE = Face(on_event=lambda event: None, on_ready=lambda status: None, on_complaint=lambda text: None)
REASON = "port 554 is taken by mediamtx (pid 3); stop it"


def end_of_a_run(root: Path, error: Exception | None) -> None:
    state, logs = root / "var/lib/audio-rtsp", root / "var/log/audio-rtsp"
    desk = MachineDesk(DeskPlaces(root=root, config=root / "etc/audio-rtsp", state=state, logs=logs))
    with _records(desk, FACE):
        if error:
            raise error


def told(capsys: pytest.CaptureFixture[str], root: Path, verb: str) -> str:
    with pytest.raises(SystemExit):
        main(["--root", str(root), verb])
    shown = capsys.readouterr()
    return shown.out + shown.err


def test_events_and_status_say_why_until_it_ran_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PortTaken):
        end_of_a_run(tmp_path, PortTaken(554, "RTSP_PORT", "mediamtx (pid 3)"))
    last = told(capsys, tmp_path, "events").splitlines()[-1]
    assert " ERROR service: failed (" in last and REASON in last
    assert "it failed at " in (now := told(capsys, tmp_path, "status")) and REASON in now
    with pytest.raises(PortTaken):
        end_of_a_run(tmp_path, PortTaken(554, "RTSP_PORT", "mediamtx (pid 3)"))
    assert told(capsys, tmp_path, "events").count(REASON) == 1, "systemd tries it again every second"
    end_of_a_run(tmp_path, None)
    assert told(capsys, tmp_path, "events").splitlines()[-1].endswith("service: stopped")
    assert "it failed at" not in told(capsys, tmp_path, "status")


def test_a_run_that_was_killed_is_not_told_by_the_failure_of_one_before_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(PortTaken):
        end_of_a_run(tmp_path, PortTaken(554, "RTSP_PORT", "mediamtx (pid 3)"))
    journal = Journal(tmp_path / "var/lib/audio-rtsp")
    journal.note(_of_service("stopped", "started"), 1e9, 0.0)  # and then a power cut: nothing says how it ended
    journal.close(1e9, 0.0)
    assert "it failed at" not in told(capsys, tmp_path, "status")


def test_a_bug_is_told_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        end_of_a_run(tmp_path, ZeroDivisionError("x"))
    assert "service: failed (a bug ends it: ZeroDivisionError('x'))" in told(capsys, tmp_path, "events")


@pytest.mark.parametrize(
    ("error", "fix"),
    [
        (PortTaken(554, "RTSP_PORT"), "stop it, or choose another port: sudo audio-rtsp config set RTSP_PORT N"),
        (ServerFailed("embedded", "it ended"), "try the other one: sudo audio-rtsp config set SERVER embedded, or"),
    ],
)
def test_a_unit_is_mended_by_settings_since_nobody_types_its_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: AudioRtspError, fix: str
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with pytest.raises(AudioRtspError) as caught:
        end_of_a_run(tmp_path, error)
    assert caught.value.fix.startswith(fix)


def test_root_beside_the_service_is_not_told_to_kill_what_systemd_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _instance(tmp_path / "run"):
        with pytest.raises(AlreadyRunning) as own, _instance(tmp_path / "run"):
            pass
        monkeypatch.setattr("audio_rtsp.service.os.getuid", lambda: 0)
        monkeypatch.setattr(Path, "stat", lambda path: os.stat_result((0o40755, 1, 1, 1, 999, 999, 0, 0, 0, 0)))
        with pytest.raises(AlreadyRunning) as services, _instance(tmp_path / "run"):
            pass
    assert "Ctrl-C where it runs" in own.value.fix
    assert "sudo systemctl stop audio-rtsp" in services.value.fix


def test_who_has_the_runtime_folder_of_another_user_is_told_to_name_his_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after su, which leaves XDG_RUNTIME_DIR as it was."""
    monkeypatch.setattr("audio_rtsp.service.os.getuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(NotWritable) as caught, _instance(tmp_path / "run"):
        pass
    assert caught.value.fix.endswith(": XDG_RUNTIME_DIR=$HOME")
