"""A file that only grows, on real disks and on bad ones."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio_rtsp.events.log_file import LogFile
from unit.events.disk import Disk


def gap(words: str) -> str:
    return f"!{words}!"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "logs" / "a.log"


@pytest.fixture
def log(path: Path) -> LogFile:
    return LogFile(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_what_root_begins_by_hand_the_service_goes_on_with(log: LogFile, path: Path) -> None:
    path.parent.mkdir(parents=True)
    os.chown(path.parent, 12345, 12346)
    assert log.append("one", gap)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12346)


def test_no_file_is_made_and_given_away_at_the_end_of_a_link(log: LogFile, path: Path, tmp_path: Path) -> None:
    """The service could lay one to a name in root's folders, and wait for a run of root's by hand."""
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "made")
    assert not log.append("one", gap)
    assert not (tmp_path / "made").exists()


def test_everybody_may_read_it_whatever_the_umask(log: LogFile, path: Path) -> None:
    before = os.umask(0o077)
    try:
        assert log.append("one", gap)
    finally:
        os.umask(before)
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o644, 0o755, 0o755)


def test_the_mode_that_an_owner_gave_stays(log: LogFile, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("old\n")
    path.chmod(0o600)
    assert log.append("new", gap)
    assert (mode(path), path.read_text()) == (0o600, "old\nnew\n")


@pytest.mark.parametrize("is_told", [True, False])
def test_a_file_that_was_moved_is_begun_anew(log: LogFile, path: Path, is_told: bool) -> None:
    log.append("one", gap)
    path.rename(path.with_suffix(".1"))
    if is_told:
        log.reopen()
        assert path.exists()
    log.append("two", gap)
    assert (path.with_suffix(".1").read_text(), path.read_text()) == ("one\n", "two\n")


def test_a_file_or_folder_that_was_removed_comes_back(log: LogFile, path: Path) -> None:
    log.append("one", gap)
    path.unlink()
    log.append("two", gap)
    assert path.read_text() == "two\n"
    path.unlink()
    path.parent.rmdir()
    assert log.append("three", gap)
    assert path.read_text() == "three\n"


def test_a_file_that_was_copied_and_truncated_goes_on(log: LogFile, path: Path) -> None:
    log.append("one", gap)
    os.truncate(path, 0)
    log.append("two", gap)
    assert path.read_text() == "two\n"


@pytest.mark.parametrize("left", [b"half a li", b"whole\nhalf", b"whole\n\0\0\0\0"])
def test_nothing_is_glued_to_what_a_power_cut_left(log: LogFile, path: Path, left: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(left)
    log.append("new", gap)
    assert path.read_bytes() == left + b"\nnew\n"


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_takes_no_more_is_complained_of_until_it_does(log: LogFile, disk: Disk, error: int) -> None:
    log.append("one", gap)
    disk.error, disk.room_bytes = error, 3
    assert not log.append("two two", gap)
    assert log.trouble == os.strerror(error).lower()
    assert not log.append("three", gap)
    disk.room_bytes = None
    assert log.append("four", gap)
    assert log.trouble == ""
    assert log.path.read_text() == f"one\ntwo\n!2 lines are missing here ({os.strerror(error).lower()})!\nfour\n"


def test_a_file_system_that_became_read_only_and_well_again(log: LogFile, disk: Disk) -> None:
    disk.refuses_to_open = errno.EROFS
    assert not log.append("one", gap)
    assert log.trouble == "read-only file system"
    disk.refuses_to_open = 0
    assert log.append("two", gap)


@pytest.mark.parametrize("kind", ["pipe", "folder", "file for a folder"])
def test_a_name_that_something_else_has_is_a_complaint_and_no_wait(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.log"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_text("x")
        path /= "b.log"
    log = LogFile(path)
    assert not log.append("one", gap)
    assert not log.reopen()
    assert log.trouble


def test_a_broken_disk_is_told_by_the_sync(log: LogFile, disk: Disk) -> None:
    log.append("one", gap)
    disk.refuses_to_sync = errno.EIO
    assert not log.sync()
    assert log.trouble == "input/output error"
    log.mend(gap)
    assert log.trouble == ""
    assert log.path.read_text() == "one\n"


def test_a_disk_that_is_well_again_is_found_so_without_a_line_to_write(log: LogFile, disk: Disk) -> None:
    disk.refuses_to_open = errno.ENOSPC
    assert not log.append("one", gap)
    log.mend(gap)
    assert log.missed == 1
    disk.refuses_to_open = 0
    log.mend(gap)
    log.mend(gap)
    assert (log.trouble, log.missed) == ("", 0)
    assert log.path.read_text() == "!1 line is missing here (no space left on device)!\n"


def test_a_full_disk_that_opens_the_file_again_is_full_nevertheless(log: LogFile, disk: Disk) -> None:
    disk.error, disk.room_bytes = errno.ENOSPC, 0
    assert not log.append("one", gap)
    log.reopen()
    assert log.trouble == "no space left on device"
    disk.room_bytes = None
    log.mend(gap)
    assert (log.trouble, log.missed) == ("", 0)
    assert log.path.read_text() == "!1 line is missing here (no space left on device)!\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.text("ab", min_size=1, max_size=9), st.none() | st.integers(0, 12)), max_size=12))
def test_a_line_is_whole_or_alone_wherever_the_disk_is_full(
    tmp_path: Path, disk: Disk, steps: list[tuple[str, int | None]]
) -> None:
    path = tmp_path / "a.log"
    path.unlink(missing_ok=True)
    log = LogFile(path)
    written = []
    for number, (word, room) in enumerate(steps):
        disk.room_bytes = room
        line = f"<{number}{word}>"
        written += [line] if log.append(line, gap) else []
    disk.room_bytes = None
    log.append("<end>", gap)
    log.close()
    lines = path.read_text().splitlines()
    assert [line for line in lines if line in written] == written
    assert all(line.count("<") + line.count("!") // 2 <= 1 for line in lines)
