"""A file layer with faults: a disk that is full, read-only, broken, or that takes a few bytes and no more."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audio_rtsp.events.event import Event

WALL = 1_795_508_260.0
"""2026-11-24, morning in UTC."""


class Disk:
    """Faults for what is written below *folder*; without any it is the real disk."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._folder = str(folder)
        self.room_bytes: int | None = None
        self.error = errno.ENOSPC
        self.refuses_to_open = 0
        self.refuses_to_sync = 0
        self.syncs = 0
        self._write, self._open = os.write, os.open
        patch.setattr(os, "write", self.write)
        patch.setattr(os, "open", self.open)
        for name in ("fsync", "fdatasync"):
            patch.setattr(os, name, self._syncing(getattr(os, name)))

    def write(self, descriptor: int, data: bytes) -> int:
        if self.room_bytes is None or not self._is_here(descriptor):
            return self._write(descriptor, data)
        if self.room_bytes == 0:
            raise OSError(self.error, os.strerror(self.error))
        written = self._write(descriptor, data[: self.room_bytes])
        self.room_bytes -= written
        return written

    def open(self, path: Any, flags: int, *more: Any, **options: Any) -> int:
        is_writing = flags & (os.O_WRONLY | os.O_RDWR)
        if self.refuses_to_open and is_writing and str(path).startswith(self._folder):
            raise OSError(self.refuses_to_open, os.strerror(self.refuses_to_open), str(path))
        return self._open(path, flags, *more, **options)

    def _is_here(self, descriptor: int) -> bool:
        return str(Path(f"/proc/self/fd/{descriptor}").readlink()).startswith(self._folder)

    def _syncing(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def sync(descriptor: int) -> None:
            if self._is_here(descriptor):
                self.syncs += 1
                if self.refuses_to_sync:
                    raise OSError(self.refuses_to_sync, os.strerror(self.refuses_to_sync))
            real(descriptor)

        return sync


def change(after: str, before: str = "LIVE", subject: str = "desk-mic", cause: str = "", lost: float = 0.0) -> Event:
    return Event(subject=subject, before=before, after=after, cause=cause, lost=lost)


def loss(lost: float, cause: str = "an overrun: it was not read in time", subject: str = "desk-mic") -> Event:
    return Event(subject=subject, before="LIVE", after="LIVE", cause=cause, lost=lost)
