"""A disk that hangs holds up nobody, and what happened meanwhile keeps its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from audio_rtsp.config.settings import LogLevel
from audio_rtsp.events import recorder_thread as module
from audio_rtsp.events.account import Loss
from audio_rtsp.events.account_file import load_account
from audio_rtsp.events.recorder import Clocks, Recorder, RecorderPlaces
from audio_rtsp.events.recorder_thread import RecorderThread
from audio_rtsp.events.severity import Severity
from unit.events.disk import WALL, change


class Box:
    """A recorder whose disk hangs while *goes_on* is clear: every line waits there."""

    def __init__(self, folder: Path) -> None:
        self.now = 0.0
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.waits = threading.Event()
        self.folder = folder
        clocks = Clocks(wall=lambda: WALL + self.now, monotonic=lambda: self.now)
        self.records = RecorderThread(self._make, clocks)

    def _make(self, clocks: Clocks) -> Recorder:
        places = RecorderPlaces(logs=self.folder / "logs", state=self.folder / "state")
        return Recorder(places, LogLevel.INFO, clocks, str, self._echo)

    def _echo(self, severity: Severity, text: str) -> None:
        self.waits.set()
        self.goes_on.wait(20)

    def hang(self) -> None:
        self.goes_on.clear()
        self.records.note(change("BUSY"))
        assert self.waits.wait(5)

    def log(self, name: str = "audio-streams.log") -> list[str]:
        return (self.folder / "logs" / name).read_text().splitlines()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path)
    yield box
    box.goes_on.set()
    box.records.close()


def test_what_happens_while_the_disk_hangs_is_written_later_with_its_own_time(box: Box) -> None:
    box.hang()
    for number in range(3):
        box.now += 1
        box.records.note(change("LIVE", before="BUSY", subject=f"mic-{number}"))
    box.now = 3000.0
    box.goes_on.set()
    box.records.close()
    assert [line[11:19] for line in box.log()[1:]] == ["09:17:41", "09:17:42", "09:17:43"]


def test_a_disk_that_hangs_is_complained_of_until_it_answers(box: Box) -> None:
    box.hang()
    assert box.records.complaints() == ()
    box.now += module.HANGS + 1
    assert "does not answer" in box.records.complaints()[0]
    box.goes_on.set()
    box.records.close()
    assert box.records.complaints() == ()


def test_a_disk_that_hangs_from_the_start_holds_up_no_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAKE_LIMIT", 0.05)
    monkeypatch.setattr(module, "HANGS", 0.0)
    answers = threading.Event()
    made = Recorder(RecorderPlaces(logs=tmp_path, state=tmp_path), LogLevel.INFO, module.REAL, str)
    began = time.monotonic()
    records = RecorderThread(lambda clocks: answers.wait(20) and made)  # type: ignore[arg-type,return-value]
    records.note(change("LIVE", before="BUSY"))
    assert time.monotonic() - began < 5
    assert "does not answer" in records.complaints()[0]
    assert (records.today("desk", Loss(2.0, 1.0)), records.days("desk")) == (Loss(2.0, 1.0), {})
    answers.set()
    records.close()
    assert records.complaints() == ()
    assert "desk-mic: live" in (tmp_path / "audio-streams.log").read_text()


def test_lines_that_were_lost_are_told_with_their_number(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 1)
    box.hang()
    box.records.note(change("LIVE", before="BUSY"))
    for number in range(7):
        box.records.note(change("LIVE", before="BUSY", subject=f"mic-{number}"))
    box.records.look({})
    box.goes_on.set()
    box.records.close()
    assert "7 lines are missing here: the disk did not answer" in box.log("service.log")[0]


def test_looks_do_not_pile_up_and_none_is_lost(box: Box) -> None:
    box.hang()
    for seconds in range(100):
        box.records.look({"desk": Loss(float(seconds), 0.0)})
    assert box.records._works.qsize() == 1
    box.goes_on.set()
    while box.records._works.qsize():
        time.sleep(0.001)
    box.records.look({"desk": Loss(100.0, 40.0)})
    box.records.close()
    days = load_account(box.folder / "state").account.days("desk")
    assert days == {"2026-11-24": Loss(100.0, 40.0)}
    assert box.records.today("desk", Loss(100.0, 40.0)) == Loss(100.0, 40.0)


def test_the_end_does_not_wait_for_a_disk_that_hangs(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSE_LIMIT", 0.05)
    box.hang()
    begin = time.monotonic()
    box.records.close()
    assert time.monotonic() - begin < 2


def test_what_was_lost_today_never_lags_behind_the_total_while_the_disk_hangs(box: Box) -> None:
    box.records.look({"desk": Loss(7.0, 2.0)})
    box.hang()
    for seconds in range(8, 100):
        box.records.look({"desk": Loss(float(seconds), 2.0)})
        assert box.records.today("desk", Loss(float(seconds), 2.0)) == Loss(float(seconds), 2.0)
    box.goes_on.set()
    box.records.look({"desk": Loss(100.0, 3.0)})
    box.records.close()
    assert box.records.today("desk", Loss(100.0, 3.0)) == Loss(100.0, 3.0)


def test_a_time_zone_that_is_set_meanwhile_is_the_logs_and_the_accounts(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.records.note(change("BUSY"))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    box.records.look({})
    box.records.note(change("LIVE"))
    box.records.close()
    before, after = (line.split()[1] for line in box.log())
    assert (int(after[:2]) - int(before[:2])) % 24 == 8
    assert before[2:] == after[2:]
