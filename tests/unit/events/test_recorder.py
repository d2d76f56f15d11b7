"""The whole of it: one event, written down everywhere, whatever the disk does."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from audio_rtsp.config.settings import LogLevel
from audio_rtsp.events.account import UNSET, Loss
from audio_rtsp.events.account_file import load_account
from audio_rtsp.events.journal import read_journal
from audio_rtsp.events.log_file import LogFile
from audio_rtsp.events.recorder import Clocks, Recorder, RecorderPlaces
from audio_rtsp.events.severity import Severity
from unit.events.disk import WALL, Disk, change


class Box:
    """A recorder on a machine whose clocks are ours."""

    def __init__(self, folder: Path) -> None:
        self.wall, self.monotonic = WALL, 100.0
        self.said: list[str] = []
        self.logs, self.state = folder / "logs", folder / "state"
        places = RecorderPlaces(logs=self.logs, state=self.state)
        clocks = Clocks(wall=lambda: self.wall, monotonic=lambda: self.monotonic)
        self.recorder = Recorder(places, LogLevel.INFO, clocks, self.said.append)

    def later(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds
        self.recorder.tick()

    def log(self, name: str = "audio-streams.log") -> str:
        return (self.logs / name).read_text()


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_an_event_is_a_line_and_an_entry_and_counters_are_an_account(box: Box) -> None:
    event = change("FILLING", cause="gone", lost=0.0)
    box.recorder.note(event)
    box.recorder.count("desk-mic", 2.0, 1.5)
    box.later(1.0)
    assert box.log() == "2026-11-24 09:17:40 WARNING desk-mic: filling (gone)\n"
    assert [entry.event for entry in read_journal(box.state, 9)] == [event]
    assert load_account(box.state).account.streams() == {"desk-mic": {"2026-11-24": Loss(2.0, 1.5)}}
    assert box.recorder.complaints() == ()


def test_an_outage_of_days_counts_on_each_of_them_before_it_ends(box: Box) -> None:
    for hour in range(72):
        box.recorder.count("desk-mic", hour * 3600.0, 0.0)
        box.later(3600.0)
    box.recorder.close()
    days = load_account(box.state).account.streams()["desk-mic"]
    assert len(days) == 4
    assert max(loss.lost for loss in days.values()) == 86_400.0
    assert sum(loss.lost for loss in days.values()) == 71 * 3600.0


def test_what_came_before_the_clock_was_set_stays_where_it_was(box: Box) -> None:
    box.wall = 20.0
    box.recorder.count("desk-mic", 1.0, 0.0)
    box.wall = WALL
    box.recorder.count("desk-mic", 3.0, 0.0)
    box.recorder.close()
    days = load_account(box.state).account.streams()["desk-mic"]
    assert days == {UNSET: Loss(1.0, 0.0), "2026-11-24": Loss(2.0, 0.0)}


def test_a_clock_that_jumps_moves_no_counter(box: Box) -> None:
    for _ in range(3):
        box.recorder.tell(Severity.INFO, "service", "Hello")
        box.wall += 86_400 * 365
    assert box.log("service.log").count("\n") == 1
    box.wall = 0.0
    box.later(60.0)
    assert "1970-01-01 01:01:00 INFO service: Hello … 2 times in the last minute" in box.log("service.log")


def test_a_full_disk_costs_nothing_but_lines_and_is_said_once(box: Box, disk: Disk) -> None:
    disk.room_bytes, disk.refuses_to_open = 0, errno.ENOSPC
    for number in range(50):
        box.recorder.note(change("BUSY", cause=str(number)))
        box.recorder.count("desk-mic", float(number), 0.0)
        box.later(1.0)
    assert len(box.said) == 3
    assert len(box.recorder.complaints()) == 3
    disk.room_bytes, disk.refuses_to_open = None, 0
    box.recorder.note(change("LIVE", "BUSY", lost=49.0))
    box.later(60.0)
    assert box.recorder.complaints() == ()
    assert box.log().splitlines()[-1].endswith("INFO desk-mic: live, 49.0 s lost")
    assert load_account(box.state).account.streams()["desk-mic"]["2026-11-24"].lost == 49.0
    assert len(box.said) == 3


def test_what_the_state_folder_lacks_stands_in_the_log(box: Box) -> None:
    box.state.write_text("no folder")
    box.recorder.note(change("BUSY"))
    box.later(1.0)
    assert "WARNING service: " in box.log("service.log")
    assert "events.jsonl: cannot be written" in box.log("service-error.log")


def test_a_bug_in_one_part_costs_the_others_nothing(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(self: LogFile, line: str, gap: object) -> bool:
        raise ZeroDivisionError(line[:3])

    with monkeypatch.context() as patch:
        patch.setattr(LogFile, "append", bug)
        box.recorder.note(change("BUSY"))
        box.recorder.count("desk-mic", 1.0, 0.0)
        box.later(1.0)
    box.recorder.note(change("SILENT"))
    box.recorder.close()
    assert [complaint[:10] for complaint in box.said] == ["logs: a bu", "journal: a"]
    assert load_account(box.state).account.streams()
    assert "silent" in box.log()


def test_a_voice_that_fails_is_no_failure(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_pipe(text: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(box.recorder, "_say", broken_pipe)
    box.state.write_text("no folder")
    box.recorder.note(change("BUSY"))
    box.later(1.0)
    assert any("standard error" in complaint for complaint in box.recorder.complaints())


def test_logs_are_reopened_and_their_level_changes(box: Box) -> None:
    (box.logs / "audio-streams.log").rename(box.logs / "audio-streams.log.1")
    box.recorder.reopen()
    assert box.log() == ""
    box.recorder.set_level(LogLevel.ERROR)
    box.recorder.note(change("BUSY"))
    assert box.log() == ""
