"""A password in the owner's files: nobody else reads it, and who may not says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from audio_rtsp.config import secrecy
from audio_rtsp.config.backup import backups_of
from audio_rtsp.config.edit import change_file
from audio_rtsp.config.load import load
from audio_rtsp.config.secrecy import who_reads
from audio_rtsp.host import group
from unit.config.folder import Write

PASSWORD = b"RTSP_READ_PASSWORD=hunter2\n"
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to a group")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_password_is_not_everybodys_to_read(tmp_path: Path) -> None:
    path = tmp_path / "config"
    assert change_file(path, lambda data: PASSWORD)
    assert mode(path) == 0o640
    assert path.read_bytes() == PASSWORD


@pytest.mark.parametrize("before", [0o644, 0o666, 0o664, 0o640, 0o600, 0o400])
def test_a_password_takes_rights_and_gives_none(write: Write, before: int) -> None:
    path = write("config", "RTSP_PORT=8554\n")
    path.chmod(before)
    assert change_file(path, lambda data: data + PASSWORD)
    assert mode(path) & 0o007 == 0
    assert mode(path) | before == before


def test_what_is_no_password_changes_no_rights(write: Write) -> None:
    path = write("config", "RTSP_PORT=8554\n")
    path.chmod(0o664)
    assert change_file(path, lambda data: b"RTSP_PORT=9554\n# RTSP_READ_PASSWORD=no\nRTSP_READ_PASSWORD=\n")
    assert mode(path) == 0o664


def test_copies_of_a_password_are_nobody_elses_either(write: Write) -> None:
    path = write("config", PASSWORD)
    write("backups/config.20200101-000000", PASSWORD).chmod(0o644)
    path.chmod(0o644)
    assert change_file(path, lambda data: data + b"RTSP_PORT=8554\n")
    assert [mode(copy.path) for copy in backups_of(path)] == [0o644, 0o640]
    assert mode(path) == 0o644, "that is the owner's to say"
    assert change_file(path, lambda data: data.replace(b"hunter2", b"hunter3"))
    assert {mode(copy.path) for copy in backups_of(path)} == {mode(path)} == {0o640}


@as_root
def test_the_group_that_runs_the_program_reads_on(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "GROUP", "games")
    path = write("config", "RTSP_PORT=8554\n")
    path.chmod(0o664)
    assert change_file(path, lambda data: data + PASSWORD)
    assert (path.group(), mode(path)) == ("games", 0o640)
    assert who_reads(path) == "root and the group games"
    assert change_file(path, lambda data: data + b"RTSP_PORT=8555\n")
    assert {(copy.path.group(), mode(copy.path)) for copy in backups_of(path)[1:]} == {("games", 0o640)}


@as_root
def test_without_an_installation_the_caller_of_sudo_reads_on(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "GROUP", "no-such-group")
    monkeypatch.setenv("SUDO_GID", "60")
    path = write("config", "")
    assert change_file(path, lambda data: PASSWORD)
    assert (path.stat().st_gid, mode(path)) == (60, 0o640)


def warnings(folder: Path) -> list[str]:
    """But for the user that PASSWORD waits for."""
    told = [str(one) for one in load(folder, environ={}, overrides={}).warnings]
    return [one for one in told if not one.endswith("asks nobody yet; set RTSP_READ_USER, too")]


def test_a_password_for_all_to_see_is_told_with_its_cure(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrecy, "reading_group", lambda: None)
    tmp_path.chmod(0o755)
    path = write("config", PASSWORD)
    path.chmod(0o644)
    (line,) = warnings(tmp_path)
    says, cure = line.split("; fix: ")
    assert says == "config: RTSP_READ_PASSWORD: everybody on this machine can read it"
    cure, _, _ = cure.partition("; then: ")
    subprocess.run(cure.replace("sudo ", ""), shell=True, check=True)
    assert (warnings(tmp_path), mode(path)) == ([], 0o640)


def test_a_password_that_stands_in_a_copy_is_told_too(write: Write, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    write("config", PASSWORD).chmod(0o640)
    copy = write("backups/config.20200101-000000", PASSWORD)
    copy.chmod(0o644)
    (line,) = warnings(tmp_path)
    assert "in backups" in line
    assert str(copy) in line
    tmp_path.joinpath("backups").chmod(0o700)
    assert warnings(tmp_path) == []


@as_root
def test_who_may_not_read_the_settings_is_told_and_gets_no_silent_default(open_folder: Path) -> None:
    path = open_folder / "config"
    path.write_bytes(b"RTSP_PORT=8554\n" + PASSWORD)
    path.chmod(0o600)
    for words in (["get", "RTSP_PORT"], ["show"], ["check"], ["set", "RTSP_PORT", "9000"]):
        said = as_nobody("--config-dir", str(open_folder), "config", *words)
        assert "cannot be read" in said, words
        assert "type the same with sudo, or be let in: sudo chgrp" in said, words
        assert "Traceback" not in said


@as_root
def test_a_copy_that_cannot_have_the_files_group_is_for_no_group(open_folder: Path) -> None:
    path = open_folder / "config"
    path.write_bytes(PASSWORD)
    path.chmod(0o640)
    os.chown(open_folder, NOBODY, NOBODY)
    os.chown(path, NOBODY, 60)
    code = f"""
import os
from pathlib import Path
from audio_rtsp.config.backup import back_up
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
back_up(Path({str(path)!r}), b"old")
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
    assert [(copy.path.stat().st_gid, mode(copy.path)) for copy in backups_of(path)] == [(NOBODY, 0o600)]


AS_NOBODY = f"""
import importlib, os, pkgutil, sys
import audio_rtsp.cli.main, audio_rtsp.cli.verbs, rich.table, rich.console
for one in pkgutil.walk_packages(audio_rtsp.__path__, "audio_rtsp."):
    if not one.name.endswith("__main__"):
        importlib.import_module(one.name)
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
audio_rtsp.cli.main.main(sys.argv[1:])
"""
"""Imported before the rights are gone: where Python is installed, others may not read."""


def as_nobody(*words: str) -> str:
    """All that the command says to a user without rights."""
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={"HOME": "/nonexistent", "PATH": os.environ["PATH"]},
        check=False,
        timeout=30,
    )
    return done.stdout
