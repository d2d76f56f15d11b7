"""A program that cannot start: the owner finds the reason where he looks, not in systemd's journal alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_rtsp.cli.main import main
from audio_rtsp.errors import PortTaken
from audio_rtsp.service import Face, _records
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
    end_of_a_run(tmp_path, None)
    assert told(capsys, tmp_path, "events").splitlines()[-1].endswith("service: stopped")
    assert "it failed at" not in told(capsys, tmp_path, "status")


def test_a_bug_is_told_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        end_of_a_run(tmp_path, ZeroDivisionError("x"))
    assert "service: failed (a bug ends it: ZeroDivisionError('x'))" in told(capsys, tmp_path, "events")
