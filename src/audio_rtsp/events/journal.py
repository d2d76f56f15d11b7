"""The event journal ``events.jsonl`` in the state folder: bounded, and whole after a power cut."""

from __future__ import annotations

import contextlib
import os
from functools import partial
from pathlib import Path

from audio_rtsp.events.event import Event
from audio_rtsp.events.journal_entry import JournalEntry, parse_entry, render_entry
from audio_rtsp.events.log_file import LogFile
from audio_rtsp.events.log_line import MINUTE
from audio_rtsp.events.repetition import Repetition

FILE, OLDER = "events.jsonl", "events.1.jsonl"
LARGEST = 1 << 20
"""Bytes of each of the two files."""

LARGEST_GAP = 300
"""Bytes of the entry that says how many are missing."""

SYNC_PAUSE = 1.0
"""Seconds between two fsyncs, at least: flash wears out."""


class Journal:
    """Writes changes as they come; losses without a change at most once a minute, added up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = LogFile(folder / FILE)
        self._older = folder / OLDER
        self._losses: Repetition[Event] = Repetition(lambda earlier, later: later.plus(earlier))
        self._is_synced = True
        self._synced_at: float | None = None
        self._mended_at = 0.0

    def note(self, event: Event, wall_time: float, monotonic: float) -> None:
        """Write *event*; it is on the disk after the next tick, or the one a second later."""
        self._write_counted(wall_time, monotonic)
        if event.is_change or self._losses.is_new(event.likeness, event, monotonic):
            self._append(JournalEntry(time=wall_time, event=event))

    def tick(self, wall_time: float, monotonic: float) -> None:
        """Write and sync what is due."""
        self._write_counted(wall_time, monotonic)
        if monotonic - self._mended_at >= MINUTE:
            self._mended_at = monotonic
            self._file.mend(partial(_render_gap, wall_time))
        if self._is_synced or (self._synced_at is not None and monotonic - self._synced_at < SYNC_PAUSE):
            return
        self._synced_at = monotonic
        self._sync()

    def close(self, wall_time: float, monotonic: float) -> None:
        """Write and sync everything."""
        for again in self._losses.take_all(monotonic):
            self._append(JournalEntry(time=wall_time, event=again.value, times=again.count))
        if not self._is_synced:
            self._sync()
        self._file.close()

    def last(self) -> Event | None:
        """What was written last, by whatever run; None when nothing is, or it cannot be read."""
        with contextlib.suppress(OSError):
            return next((entry.event for entry in read_journal(self._folder, 1)), None)
        return None

    def complaints(self) -> tuple[str, ...]:
        """Why events are missing in the journal now."""
        trouble = self._file.trouble
        return (f"{self._file.path}: cannot be written ({trouble}); sound goes on",) if trouble else ()

    def _write_counted(self, wall_time: float, monotonic: float) -> None:
        for again in self._losses.take_due(monotonic):
            self._append(JournalEntry(time=wall_time, event=again.value, times=again.count))

    def _append(self, entry: JournalEntry) -> None:
        line = render_entry(entry)
        if not self._make_room(len(line)):
            self._file.missed += 1
        elif self._file.append(line, partial(_render_gap, entry.time)):
            self._is_synced = False

    def _make_room(self, size_bytes: int) -> bool:
        needed = size_bytes + (LARGEST_GAP if self._file.missed else len("\n\n"))
        return self._file.size_bytes() + needed <= LARGEST or self._file.move_to(self._older)

    def _sync(self) -> None:
        """What the disk refuses now it gets with the next event; asking again and again would not help it."""
        self._file.sync()
        self._is_synced = True


def _render_gap(wall_time: float, words: str) -> str:
    return render_entry(JournalEntry(time=wall_time, event=Event(subject="service", before="", after="", cause=words)))


def read_journal(folder: Path, newest: int) -> tuple[JournalEntry, ...]:
    """The newest entries, oldest first; also while another process writes. Raises OSError when it may not be read."""
    lines = [line for data in _read_both(folder) for line in data.split(b"\n")]
    entries: list[JournalEntry] = []
    for line in reversed(lines):
        if len(entries) >= newest:
            break
        entry = parse_entry(line) if line else None
        entries += [entry] if entry else []
    return tuple(reversed(entries))


def _read_both(folder: Path) -> list[bytes]:
    """The older file and the newer; when they change places meanwhile, the one that was opened first is both."""
    with contextlib.ExitStack() as stack:
        found = []
        for name in (FILE, OLDER):
            with contextlib.suppress(FileNotFoundError):
                descriptor = os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
                stack.callback(os.close, descriptor)
                found.append(descriptor)
        if len(found) == 2 and os.path.sameopenfile(*found):
            found.pop()
        return [_read_end(descriptor) for descriptor in reversed(found)]


def _read_end(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, LARGEST, max(0, size - LARGEST))
