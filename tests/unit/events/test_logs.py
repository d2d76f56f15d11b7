"""Which line goes into which file."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from audio_rtsp.config.settings import LogLevel
from audio_rtsp.events.logs import ERRORS, SERVICE, STREAMS, Logs
from audio_rtsp.events.severity import Severity
from unit.events.disk import WALL, Disk, change, loss


def lines(folder: Path, name: str) -> list[str]:
    return (folder / name).read_text().splitlines()


def test_the_files_are_there_from_the_start(tmp_path: Path) -> None:
    Logs(tmp_path / "logs", LogLevel.INFO)
    assert {path.name for path in (tmp_path / "logs").iterdir()} == {STREAMS, SERVICE, ERRORS}


def test_a_streams_lines_the_rest_and_the_bad_of_both(tmp_path: Path) -> None:
    logs = Logs(tmp_path, LogLevel.INFO)
    logs.write(change("LIVE", "STARTING"), WALL, 0.0)
    logs.write(change("REFUSED", cause="no such codec"), WALL, 1.0)
    logs.write(change("UP", "", subject="server"), WALL, 2.0)
    logs.write_text(Severity.WARNING, "configuration", "RTSP_PORT: expected a number", WALL, 3.0)
    logs.write_text(Severity.ERROR, "desk-mic", "arecord: it said\nthis", WALL, 4.0)
    at = "2026-11-24 09:17:40"
    refused = f"{at} ERROR desk-mic: refused (no such codec)"
    said = rf"{at} ERROR desk-mic: arecord: it said\nthis"
    complaint = f"{at} WARNING configuration: RTSP_PORT: expected a number"
    assert lines(tmp_path, STREAMS) == [f"{at} INFO desk-mic: live", refused, said]
    assert lines(tmp_path, SERVICE) == [f"{at} INFO server: up", complaint]
    assert lines(tmp_path, ERRORS) == [refused, complaint, said]


@pytest.mark.parametrize(("level", "words"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_each_level_lets_through_what_it_names(tmp_path: Path, level: str, words: int) -> None:
    logs = Logs(tmp_path, LogLevel(level))
    for number, state in enumerate(("STARTING", "LIVE", "BUSY", "REFUSED")):
        logs.write(change(state, ""), WALL, number)
    found = [line.split()[2] for line in lines(tmp_path, STREAMS)]
    assert found == ["DEBUG", "INFO", "WARNING", "ERROR"][4 - words :]


def test_a_level_that_is_changed_holds_at_once(tmp_path: Path) -> None:
    logs = Logs(tmp_path, LogLevel.ERROR)
    logs.write(change("BUSY"), WALL, 0.0)
    logs.level = LogLevel.DEBUG
    logs.write(change("BUSY"), WALL, 1.0)
    assert len(lines(tmp_path, STREAMS)) == 1


def test_losses_of_a_minute_are_added_up(tmp_path: Path) -> None:
    logs = Logs(tmp_path, LogLevel.INFO)
    for number in range(15):
        logs.write(loss(0.1 * (number + 1)), WALL + number, number)
    logs.tick(WALL + 60, 60.0)
    cause = "(an overrun: it was not read in time)"
    assert lines(tmp_path, STREAMS) == [
        f"2026-11-24 09:17:40 WARNING desk-mic: live {cause}, 0.1 s lost",
        f"2026-11-24 09:18:40 WARNING desk-mic: live {cause}, 11.9 s lost … 14 times in the last minute",
    ]
    assert lines(tmp_path, ERRORS) == lines(tmp_path, STREAMS)


def test_what_is_counted_is_written_at_the_end(tmp_path: Path) -> None:
    logs = Logs(tmp_path, LogLevel.INFO)
    for number in range(4):
        logs.write_text(Severity.INFO, "service", "Hello", WALL, number)
    logs.close(WALL, 10.0)
    assert lines(tmp_path, SERVICE)[-1].endswith("service: Hello … 3 times in the last 10 s")


def test_a_full_disk_is_one_complaint_for_all_files(tmp_path: Path, disk: Disk) -> None:
    logs = Logs(tmp_path, LogLevel.INFO)
    disk.room_bytes = 0
    logs.write(change("BUSY"), WALL, 0.0)
    logs.write(change("UP", "", subject="server"), WALL, 1.0)
    (complaint,) = logs.complaints()
    assert complaint == f"{tmp_path}: a log cannot be written (no space left on device); sound goes on"
    disk.room_bytes = None
    logs.write(change("SILENT"), WALL, 2.0)
    at = "2026-11-24 09:17:40 WARNING"
    gap = f"{at} service: 1 line is missing here (no space left on device)"
    assert lines(tmp_path, STREAMS) == [gap, f"{at} desk-mic: silent"]
    assert logs.complaints(), "nobody knows yet about service.log"
    logs.tick(WALL, 61.0)
    assert logs.complaints() == ()
    assert lines(tmp_path, SERVICE) == [gap]


def test_a_folder_that_may_not_be_made_is_a_complaint(tmp_path: Path, disk: Disk) -> None:
    disk.refuses_to_open = errno.EACCES
    logs = Logs(tmp_path / "logs", LogLevel.INFO)
    assert "permission denied" in logs.complaints()[0]
    disk.refuses_to_open = 0
    logs.reopen()
    assert logs.complaints() == ()
