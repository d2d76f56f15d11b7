"""The journal is bounded, and what stands in it is whole."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio_rtsp.events import journal as journal_module
from audio_rtsp.events.event import Event
from audio_rtsp.events.journal import FILE, OLDER, Journal, read_journal
from audio_rtsp.events.journal_entry import JournalEntry, parse_entry, render_entry
from unit.events.disk import WALL, Disk, change, loss

WORDS = st.text(st.characters(), max_size=30)
SECONDS = st.integers(0, 10**9).map(lambda milliseconds: milliseconds / 1000)
EVENTS = st.builds(
    Event, subject=WORDS, before=WORDS, after=WORDS, cause=WORDS, lost=SECONDS, filled=SECONDS, restarts=st.integers(0)
)
FEW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


def numbers(folder: Path, newest: int = 10**6) -> list[int]:
    """The causes of the entries, without those that say what is missing."""
    entries = [entry for entry in read_journal(folder, newest) if entry.event.subject != "service"]
    return [int(entry.event.cause) for entry in entries]


def note_numbers(journal: Journal, *which: int) -> None:
    for number in which:
        journal.note(change("BUSY", cause=str(number)), WALL, float(number))


@given(st.builds(JournalEntry, time=SECONDS, event=EVENTS, times=st.integers(1, 99)))
def test_an_entry_comes_back_as_it_was_on_one_line_of_ascii(entry: JournalEntry) -> None:
    text = render_entry(entry)
    assert parse_entry(text.encode()) == entry
    assert text.isascii()
    assert text.isprintable()


@given(st.builds(JournalEntry, time=SECONDS, event=EVENTS), st.data())
def test_no_part_of_an_entry_is_taken_for_one(entry: JournalEntry, data: st.DataObject) -> None:
    line = render_entry(entry).encode()
    assert parse_entry(line[: data.draw(st.integers(0, len(line) - 1))]) is None


@pytest.mark.parametrize(
    "line", [b"", b"\0\0", b"[]", b"7", b"{}", b'{"time":"x"}', b"[" * 100_000, b'{"time":1e999', b"\xff"]
)
def test_what_is_not_ours_is_passed_over(line: bytes) -> None:
    assert parse_entry(line) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [("time", 9e15), ("time", -1e300), ("time", 1e400), ("lost", 1e400), ("lost", -1), ("filled", 1e400)],
)
def test_a_time_without_a_date_and_seconds_without_a_number_are_not_ours(key: str, value: float) -> None:
    whole = json.loads(render_entry(JournalEntry(time=1.0, event=loss(1.0))))
    assert parse_entry(json.dumps(whole).encode())
    assert parse_entry(json.dumps({**whole, key: value}).encode()) is None


def test_an_entry_has_the_six_keys(tmp_path: Path) -> None:
    Journal(tmp_path).note(change("FILLING", cause="gone", lost=2.1), WALL, 0.0)
    assert json.loads((tmp_path / FILE).read_text()) == {
        "time": WALL,
        "subject": "desk-mic",
        "from": "LIVE",
        "to": "FILLING",
        "cause": "gone",
        "lost": 2.1,
    }


def test_the_newest_are_read_oldest_first_also_by_the_next_program(tmp_path: Path) -> None:
    note_numbers(Journal(tmp_path), *range(5))
    note_numbers(Journal(tmp_path), *range(5, 8))
    assert numbers(tmp_path) == list(range(8))
    assert numbers(tmp_path, 2) == [6, 7]
    assert read_journal(tmp_path / "none", 5) == ()


@FEW
@given(st.lists(st.text(st.characters(), max_size=80), max_size=60))
def test_it_is_bounded_and_holds_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, causes: list[str]) -> None:
    folder = tmp_path / "state"
    shutil.rmtree(folder, ignore_errors=True)
    monkeypatch.setattr(journal_module, "LARGEST", 1500)
    journal = Journal(folder)
    for number, cause in enumerate(causes):
        journal.note(change("BUSY", cause=cause), WALL + number, float(number))
        assert all(path.stat().st_size <= 1500 for path in folder.iterdir())
    kept = [entry.event.cause for entry in read_journal(folder, 10**6)]
    assert kept == causes[len(causes) - len(kept) :]
    assert not causes or kept
    assert {path.name for path in folder.glob("*")} <= {FILE, OLDER}


def test_two_full_files_hold_thousands(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    note_numbers(journal, *range(20_000))
    found = numbers(tmp_path)
    assert found == list(range(20_000 - len(found), 20_000))
    assert len(found) > 9_000
    sizes = sorted(path.stat().st_size for path in tmp_path.iterdir())
    assert len(sizes) == 2
    assert sizes[1] <= 1 << 20


def test_a_power_cut_anywhere_in_a_write_leaves_old_or_new_and_glues_nothing(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    note_numbers(Journal(whole), 1, 2)
    data = (whole / FILE).read_bytes()
    begins = data.index(b"\n") + 1
    for end in range(begins, len(data) + 1):
        for torn in (data[:end], data[:end] + b"\0" * (len(data) - end)):
            folder = tmp_path / f"{end}"
            folder.mkdir(exist_ok=True)
            (folder / FILE).write_bytes(torn)
            old_or_new = numbers(folder)
            assert old_or_new in ([1], [1, 2])
            note_numbers(Journal(folder), 3)
            assert numbers(folder) == [*old_or_new, 3]


@FEW
@given(st.lists(st.none() | st.integers(0, 300), max_size=20))
def test_what_the_disk_took_is_there_whatever_it_refused(tmp_path: Path, disk: Disk, rooms: list[int | None]) -> None:
    folder = tmp_path / "state"
    shutil.rmtree(folder, ignore_errors=True)
    journal, taken = Journal(folder), []
    for number, room in enumerate(rooms):
        disk.room_bytes = room
        note_numbers(journal, number)
        taken += [] if journal.complaints() else [number]
    disk.room_bytes = None
    found = numbers(folder)
    assert [number for number in found if number in taken] == taken
    assert sorted(set(found)) == found


def test_a_full_disk_is_complained_of_until_it_has_room(tmp_path: Path, disk: Disk) -> None:
    journal = Journal(tmp_path)
    disk.room_bytes = 10
    note_numbers(journal, 1, 2)
    assert "no space left on device" in "".join(journal.complaints())
    disk.room_bytes = None
    note_numbers(journal, 3)
    assert journal.complaints() == ()
    assert numbers(tmp_path) == [3]
    assert read_journal(tmp_path, 2)[0].event.cause == "2 lines are missing here (no space left on device)"


def test_a_disk_that_is_well_again_is_found_so_without_an_event(tmp_path: Path, disk: Disk) -> None:
    journal = Journal(tmp_path)
    disk.room_bytes = 10
    note_numbers(journal, 1)
    journal.tick(WALL, 61.0)
    assert journal.complaints()
    disk.room_bytes = None
    journal.tick(WALL, 122.0)
    assert journal.complaints() == ()


def test_a_rotation_that_is_refused_writes_nothing_beyond_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "LARGEST", 300)
    journal = Journal(tmp_path)
    (tmp_path / OLDER).mkdir()
    note_numbers(journal, *range(9))
    assert journal.complaints()
    assert (tmp_path / FILE).stat().st_size <= 300
    (tmp_path / OLDER).rmdir()
    note_numbers(journal, 9)
    assert journal.complaints() == ()


def test_it_is_synced_at_most_once_a_second_and_only_when_written(tmp_path: Path, disk: Disk) -> None:
    journal = Journal(tmp_path)
    journal.tick(WALL, 0.0)
    assert disk.syncs == 0
    note_numbers(journal, 1)
    for tenth in range(1, 100):
        journal.note(change("BUSY", cause=str(tenth)), WALL, tenth / 10)
        journal.tick(WALL, tenth / 10)
    assert disk.syncs <= 12  # the folder's, and once a second
    journal.close(WALL, 10.0)
    before = disk.syncs
    journal.tick(WALL, 20.0)
    assert disk.syncs == before


def test_a_disk_that_breaks_at_the_sync_is_complained_of(tmp_path: Path, disk: Disk) -> None:
    journal = Journal(tmp_path)
    note_numbers(journal, 1)
    disk.refuses_to_sync = errno.EIO
    journal.tick(WALL, 2.0)
    assert "input/output error" in journal.complaints()[0]
    disk.refuses_to_sync = 0
    note_numbers(journal, 3)
    journal.tick(WALL, 4.0)
    assert journal.complaints() == ()


def test_losses_without_a_change_cost_one_entry_a_minute(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for half_second in range(240):
        journal.note(loss(0.25), WALL, half_second / 2)
    journal.close(WALL, 120.0)
    entries = read_journal(tmp_path, 100)
    assert len(entries) <= 4
    assert sum(entry.event.lost for entry in entries) == pytest.approx(60.0)
    assert sum(entry.times for entry in entries) == 240
