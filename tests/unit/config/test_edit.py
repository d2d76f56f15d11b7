"""Changing a file: backups, modes, links, and what is never rewritten."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path

import pytest

from audio_rtsp.config import backup
from audio_rtsp.config.edit import change_file
from audio_rtsp.errors import NotReadable, NotWritable
from unit.config.folder import Write


def test_a_change_is_written_and_the_old_bytes_are_kept(write: Write, tmp_path: Path) -> None:
    path = write("config", b"A=1 # \xff\n")
    path.chmod(0o640)
    assert change_file(path, lambda data: data + b"B=2\n")
    assert path.read_bytes() == b"A=1 # \xff\nB=2\n"
    (copy,) = (tmp_path / "backups").iterdir()
    assert re.fullmatch(r"config\.\d{8}-\d{6}", copy.name)
    assert copy.read_bytes() == b"A=1 # \xff\n"
    assert path.stat().st_mode & 0o777 == copy.stat().st_mode & 0o777 == 0o640


def test_no_change_writes_nothing(write: Write, tmp_path: Path) -> None:
    path = write("config", "A=1\n")
    before = path.stat()
    assert not change_file(path, lambda data: data)
    assert path.stat() == before
    assert not (tmp_path / "backups").exists()


def test_a_missing_file_and_folder_are_made(tmp_path: Path) -> None:
    path = tmp_path / "new/devices/desk.conf"
    assert change_file(path, lambda data: b"A=1\n")
    assert path.read_bytes() == b"A=1\n"
    assert not change_file(tmp_path / "new/other", lambda data: data)
    assert not (tmp_path / "new/other").exists()


def _exchange(new: bytes, _: bytes) -> bytes:
    return new


def test_ten_backups_are_kept_of_each_file_and_all_are_distinct(write: Write, tmp_path: Path) -> None:
    path, other = write("config", "0"), write("config.d", "0")
    assert change_file(other, lambda data: b"1")
    for number in range(1, 15):
        assert change_file(path, partial(_exchange, str(number).encode()))
    kept = [copy.path.read_text() for copy in backup.backups_of(path)]
    assert kept == [str(number) for number in range(4, 14)]
    assert len(backup.backups_of(other)) == 1


def test_a_clock_that_jumps_back_does_not_make_the_newest_backup_the_oldest(write: Write, tmp_path: Path) -> None:
    write("backups/config.20991231-235959", "future")
    path = write("config", "now")
    assert change_file(path, lambda data: b"later")
    newest = backup.backups_of(path)[-1].path
    assert (newest.name, newest.read_text()) == ("config.20991231-235959-1", "now")


def test_a_link_stays_a_link(write: Write, tmp_path: Path) -> None:
    target = write("elsewhere/real", "A=1\n")
    path = tmp_path / "config"
    path.symlink_to(target)
    assert change_file(path, lambda data: b"A=2\n")
    assert path.is_symlink()
    assert target.read_bytes() == b"A=2\n"
    assert len(backup.backups_of(path)) == 1


def test_the_way_back_of_a_link_is_its_own_backup(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.symlink_to(write("elsewhere/real", "RTSP_PORT=8554\n"))
    assert change_file(path, lambda data: b"RTSP_PORT=9554\n")
    copy = backup.backups_of(path)[-1].path
    assert backup.how_to_restore(path).startswith(f"cp {copy} {path}; ")


def test_what_cannot_be_read_is_never_rewritten(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    for name in ("config", "loop"):
        with pytest.raises(NotReadable):
            change_file(tmp_path / name, lambda data: b"A=1\n")


def test_one_setting_is_not_written_into_an_emptied_global_file_in_the_place_of_all_others(write: Write) -> None:
    """What held is still in force; a file with one line would move the port and take the password away."""
    path = write("config", "RTSP_READ_PASSWORD=x\n")
    change_file(path, lambda data: data + b"RTSP_PORT=8554\n")
    path.write_bytes(b"")
    with pytest.raises(NotReadable, match="it is empty") as caught:
        change_file(path, lambda data: b"AUDIO_CODEC=aac\n")
    assert path.read_bytes() == b"" and "backups/" in caught.value.fix


def test_an_empty_file_that_never_held_anything_is_written(write: Write) -> None:
    assert change_file(write("config", ""), lambda data: b"AUDIO_CODEC=aac\n")


def test_a_folder_that_cannot_be_written_is_told(write: Write) -> None:
    path = write("file", "") / "config"
    with pytest.raises((NotWritable, NotReadable)):
        change_file(path, lambda data: b"A=1\n")


@pytest.mark.skipif(os.getuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_told(write: Write, tmp_path: Path) -> None:
    path = write("config", "A=1\n")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(NotWritable):
            change_file(path, lambda data: b"A=2\n")
    finally:
        tmp_path.chmod(0o755)
    assert path.read_bytes() == b"A=1\n"


def test_a_change_that_raises_leaves_all_as_it_was(write: Write, tmp_path: Path) -> None:
    path = write("config", "A=1\n")
    with pytest.raises(ZeroDivisionError):
        change_file(path, lambda data: bytes(1 // 0))
    assert path.read_bytes() == b"A=1\n"
    assert not (tmp_path / "backups").exists()


def test_a_file_of_zeros_is_not_written_to_and_the_way_back_is_told(write: Write, tmp_path: Path) -> None:
    path = write("config", b"\0" * 100)
    write("backups/config.20260101-000000", "RTSP_PORT=8554\n")
    with pytest.raises(NotReadable, match="zero bytes") as caught:
        change_file(path, lambda data: data + b"B=2\n")
    assert caught.value.fix == f"cp {tmp_path}/backups/config.20260101-000000 {path}; then: audio-rtsp config reload"
    assert path.read_bytes() == b"\0" * 100
