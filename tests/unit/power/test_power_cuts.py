"""The power goes in the middle of each write of state or settings: afterwards it is old or new, never half."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audio_rtsp.config.edit import change_file
from audio_rtsp.config.last_good import load_last_good, save_last_good
from audio_rtsp.config.load import load
from audio_rtsp.devices.memory import DeviceMemory
from audio_rtsp.devices.memory_file import load_memory, save_memory
from audio_rtsp.events.account import Loss
from audio_rtsp.events.account_file import AccountFile, load_account
from audio_rtsp.events.journal import Journal, read_journal
from audio_rtsp.host.atomic_file import write_atomic
from unit.events.disk import change
from unit.power.power_cut import PowerCut

DAY = "2026-11-24"
OLD, NEW = b"AUDIO_BITRATE=64k\n" * 20, b"AUDIO_BITRATE=192k\n" * 40
Found = set[Any]


def found_after(folder: Path, write: Callable[[], object], read: Callable[[Path], Any]) -> Found:
    """What *read* finds in every folder that a power cut during *write* could leave behind."""
    cut = PowerCut(folder)
    with pytest.MonkeyPatch.context() as patch:
        cut.watch(patch)
        write()
    assert len(cut.left_behind) > 1
    return {read(one) for one in cut.folders(folder.parent / "afterwards")}


def config_in(folder: Path) -> bytes:
    return (folder / "config").read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "state"
    made.mkdir()
    return made


def test_a_file_is_old_or_new(folder: Path) -> None:
    path = folder / "config"
    path.write_bytes(OLD)
    assert found_after(folder, lambda: write_atomic(path, NEW), config_in) == {OLD, NEW}


def test_the_same_check_finds_a_write_that_is_not_whole(folder: Path) -> None:
    path = folder / "config"
    path.write_bytes(OLD)

    def in_place() -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC)
        os.write(descriptor, NEW)
        os.fsync(descriptor)
        os.close(descriptor)

    assert len(found_after(folder, in_place, config_in)) > 2


def test_the_same_check_finds_a_rename_that_comes_before_the_bytes(folder: Path) -> None:
    path = folder / "config"
    path.write_bytes(OLD)

    def without_sync() -> None:
        descriptor = os.open(folder / "new", os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, NEW)
        os.close(descriptor)
        (folder / "new").rename(path)

    assert len(found_after(folder, without_sync, config_in)) > 2


def test_the_account_is_old_or_new(folder: Path) -> None:
    before = AccountFile(folder)
    before.add("desk", DAY, Loss(1.0))
    before.close()

    def write() -> None:
        file = AccountFile(folder)
        file.add("desk", DAY, Loss(2.0))
        file.tick(0.0)

    def read(one: Path) -> tuple[str, float]:
        loaded = load_account(one)
        return loaded.complaint, loaded.account.loss("desk", DAY).lost

    assert found_after(folder, write, read) == {("", 1.0), ("", 3.0)}


def test_names_and_identities_are_old_or_new(folder: Path) -> None:
    old, new = DeviceMemory(names={"usb_1": "desk"}), DeviceMemory(names={"usb_1": "desk", "usb_2": "door"})
    assert save_memory(folder, old) == ()

    def read(one: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
        loaded = load_memory(one)
        return loaded.complaints, tuple(loaded.memory.names.values())

    assert found_after(folder, lambda: save_memory(folder, new), read) == {((), ("desk",)), ((), ("desk", "door"))}


def test_the_owners_settings_are_old_or_new_and_the_old_ones_are_kept(folder: Path) -> None:
    path = folder / "config"
    path.write_bytes(OLD)
    assert found_after(folder, lambda: change_file(path, lambda _: NEW), config_in) == {OLD, NEW}


def test_the_last_good_settings_are_old_or_new(folder: Path) -> None:
    config = folder.parent / "etc"
    config.mkdir()
    (config / "config").write_bytes(b"AUDIO_CHANNELS=1\n")
    save_last_good(folder, config, load(config, environ={}, overrides={}))
    (config / "config").write_bytes(b"AUDIO_CHANNELS=2\n")
    newer = load(config, environ={}, overrides={})

    def read(one: Path) -> str:
        loaded = load_last_good(one, config)
        return repr(loaded.service) if loaded else "nothing"

    found = found_after(folder, lambda: save_last_good(folder, config, newer), read)
    assert found == {"Values(AUDIO_CHANNELS=1)", "Values(AUDIO_CHANNELS=2)"}


def test_the_journal_has_all_that_was_synced_and_nothing_that_never_was(folder: Path) -> None:
    before = Journal(folder)
    before.note(change("BUSY", cause="first"), 1.0, 1.0)
    before.close(1.0, 1.0)

    def write() -> None:
        journal = Journal(folder)
        for number, cause in enumerate(("second", "third", "fourth")):
            journal.note(change("LIVE", before="BUSY", cause=cause), 2.0, 2.0 + 2 * number)
            journal.tick(2.0, 2.0 + 2 * number)
        journal.close(9.0, 9.0)

    def read(one: Path) -> tuple[str, ...]:
        return tuple(entry.event.cause for entry in read_journal(one, 99))

    whole = ("first", "second", "third", "fourth")
    assert found_after(folder, write, read) == {whole[:length] for length in range(1, 5)}


def test_after_each_cut_the_journal_goes_on(folder: Path) -> None:
    cut = PowerCut(folder)
    with pytest.MonkeyPatch.context() as patch:
        cut.watch(patch)
        journal = Journal(folder)
        journal.note(change("BUSY", cause="before"), 1.0, 1.0)
        journal.tick(1.0, 1.0)
        journal.close(1.0, 1.0)
    for one in cut.folders(folder.parent / "afterwards"):
        again = Journal(one)
        again.note(change("LIVE", before="BUSY", cause="after"), 2.0, 2.0)
        again.close(2.0, 2.0)
        assert [entry.event.cause for entry in read_journal(one, 99)][-1] == "after"
        assert again.complaints() == ()
