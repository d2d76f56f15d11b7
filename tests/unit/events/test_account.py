"""Seconds lost and filled, per stream and day; time is virtual."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.events.account import (
    DAYS,
    STREAMS,
    UNSET,
    Account,
    Loss,
    Totals,
    day_of,
    parse_account,
    render_account,
)
from audio_rtsp.events.account_file import FILE, AccountFile, load_account
from unit.events.disk import WALL, Disk

DATES = st.dates().map(lambda day: day.isoformat()) | st.just(UNSET)
SECONDS = st.integers(0, 10**8).map(lambda milliseconds: milliseconds / 1000)
ACCOUNTS = st.dictionaries(st.text(max_size=9), st.dictionaries(DATES, st.builds(Loss, SECONDS, SECONDS))).map(Account)
TODAY = "2026-11-24"
WEEK = 7 * 86_400


def test_the_day_is_the_local_one_and_a_clock_that_is_not_set_has_one_day() -> None:
    assert day_of(WALL) == TODAY
    assert day_of(datetime(2026, 11, 24, 23, 59).timestamp()) == TODAY
    assert day_of(datetime(2026, 11, 25, 0, 0).timestamp()) == "2026-11-25"
    assert day_of(0.0) == day_of(86_400 * 30.0) == day_of(datetime(2025, 6, 1).timestamp()) == UNSET


@given(ACCOUNTS)
def test_an_account_comes_back_as_it_was(account: Account) -> None:
    assert parse_account(render_account(account)).streams() == account.streams()


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"",
            b"\0\0",
            b"{}",
            b"[]",
            b'{"version":2,"streams":{}}',
            b'{"version":1,"streams":[]}',
            b"\xff",
            b"[" * 99_999,
        ),
        *(
            b'{"version":1,"streams":{"a":%s}}' % days
            for days in (
                b"[]",
                b'{"x":[1,2]}',
                b'{"2026-11-24":[1]}',
                b'{"2026-11-24":[1,-1]}',
                b'{"2026-11-24":[1,NaN]}',
            )
        ),
        b'{"version":1,"streams":{"a":{"2026-11-24":[1%s,1]}}}' % (b"0" * 400),
    ],
)
def test_what_is_not_as_we_write_it_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        parse_account(data)


def test_four_hundred_days_are_kept_whatever_the_clock_says() -> None:
    account = Account()
    account.add("desk", UNSET, Loss(1.0))
    first = datetime(2026, 1, 1)
    for number in range(DAYS + 10):
        account.add("desk", day_of((first + timedelta(days=number)).timestamp()), Loss(1.0, 0.5))
    account.add("desk", "2099-01-01", Loss(1.0))
    days = account.streams()["desk"]
    assert len(days) == DAYS + 1
    assert UNSET in days
    assert min(days) == (first + timedelta(days=11)).date().isoformat()


def test_the_streams_that_lost_something_last_are_kept() -> None:
    account = Account()
    for number in range(STREAMS + 3):
        account.add(f"mic-{number}", (datetime(2026, 1, 1) + timedelta(days=number)).date().isoformat(), Loss(1.0))
    account.add("new", UNSET, Loss(1.0))
    kept = account.streams()
    assert len(kept) == STREAMS
    assert "new" in kept
    assert "mic-3" not in kept
    assert "mic-4" in kept


def test_counters_of_a_stream_make_additions_also_when_it_begins_anew() -> None:
    totals = Totals()
    seen = [totals.growth("desk", Loss(lost)).lost for lost in (0.0, 2.0, 2.0, 5.0, 4.999, 5.5, 0.0, 0.5)]
    assert seen == pytest.approx([0.0, 2.0, 0.0, 3.0, 0.0, 0.501, 0.0, 0.5])


def test_a_clock_that_is_set_moves_only_what_comes_later(tmp_path: Path) -> None:
    file = AccountFile(tmp_path)
    file.add("desk", day_of(10.0), Loss(1.0))
    file.add("desk", day_of(WALL), Loss(2.0))
    file.close()
    assert load_account(tmp_path).account.streams() == {"desk": {UNSET: Loss(1.0), TODAY: Loss(2.0)}}


def saves(file: AccountFile, path: Path, seconds: range, is_losing: object) -> int:
    """How often the file is written."""
    inodes = []
    for now in seconds:
        if callable(is_losing) and is_losing(now):
            file.add("desk", TODAY, Loss(0.5))
        file.tick(float(now))
        inodes += [path.stat().st_mtime_ns] if path.exists() else []
    return len(dict.fromkeys(inodes))


def test_it_is_written_at_a_change_and_at_most_once_a_minute(tmp_path: Path) -> None:
    file, path = AccountFile(tmp_path), tmp_path / FILE
    assert saves(file, path, range(100), lambda now: False) == 0
    assert saves(file, path, range(100, 101), lambda now: True) == 1
    assert saves(file, path, range(101, 159), lambda now: True) == 1
    file.tick(160.0)
    assert load_account(tmp_path).account.streams()["desk"][TODAY].lost == 29.5


def test_a_device_that_is_away_for_a_week_wears_out_no_flash(tmp_path: Path) -> None:
    file, path = AccountFile(tmp_path), tmp_path / FILE
    assert saves(file, path, range(0, WEEK, 10), lambda now: True) < 180
    assert saves(file, path, range(WEEK, WEEK + 8_000, 100), lambda now: False) <= 2
    later = WEEK + 8_000
    assert saves(file, path, range(later, later + 130, 5), lambda now: True) >= 2


def test_a_broken_file_is_set_aside_and_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"{half")
    file = AccountFile(tmp_path)
    assert "set aside as account.json.broken" in file.complaints()[0]
    assert (tmp_path / FILE).read_bytes() == b"{half"
    file.add("desk", TODAY, Loss(1.0))
    file.tick(0.0)
    assert (tmp_path / f"{FILE}.broken").read_bytes() == b"{half"
    assert load_account(tmp_path).account.streams() == {"desk": {TODAY: Loss(1.0)}}


@pytest.mark.parametrize(
    ("broken", "words"), [(b'{"version":1,"str', "it ends in the middle"), (b'{"a":"\xff"}', "it is not UTF-8 text")]
)
def test_a_broken_file_is_told_in_the_owners_words(broken: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(broken)
    complaint = load_account(tmp_path).complaint
    assert complaint.startswith(f"{tmp_path / FILE}: not as we write it ({words}")
    assert complaint.endswith("; what was lost before: audio-rtsp events")


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_a_name_that_something_else_has_is_set_aside_too(tmp_path: Path, kind: str) -> None:
    (os.mkfifo if kind == "pipe" else os.mkdir)(tmp_path / FILE)
    file = AccountFile(tmp_path)
    assert file.complaints()
    file.add("desk", TODAY, Loss(1.0))
    file.close()
    assert (tmp_path / FILE).is_file()


@pytest.mark.parametrize("fault", ["open", "sync"])
def test_a_disk_that_refuses_costs_no_count(tmp_path: Path, disk: Disk, fault: str) -> None:
    file = AccountFile(tmp_path)
    setattr(disk, f"refuses_to_{fault}", 28)
    file.add("desk", TODAY, Loss(1.0))
    file.tick(0.0)
    assert "no space left on device" in file.complaints()[0]
    assert not (tmp_path / FILE).exists()
    setattr(disk, f"refuses_to_{fault}", 0)
    file.tick(59.0)
    assert file.complaints()
    file.tick(60.0)
    assert file.complaints() == ()
    assert load_account(tmp_path).account.streams() == {"desk": {TODAY: Loss(1.0)}}
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
