"""Locks by flock alone: never unlinked, never judged by age, gone with the process that held them."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OURS = 0o600
"""Who may open a lock file, if only to read it, can hold the lock: nobody else may keep us from starting."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file *path* for the body; waits for another holder. Raises OSError when it cannot be made."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OURS)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class InstanceLock:
    """One running program for one folder; the file holds the pid of the holder for people to read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def take(self) -> bool:
        """Try to take it; False when another process holds it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OURS)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        try:
            os.fchmod(descriptor, OURS)
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        with contextlib.suppress(OSError):  # a full disk keeps nobody from running: the pid is for people
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return True

    def is_in_place(self) -> bool:
        """Whether the file that we hold is the one that others would take."""
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._descriptor))
        except OSError:
            return False

    def keep(self) -> bool:
        """Take it anew where its file was removed; False when another process did. Raises OSError."""
        before = self._descriptor
        if self.is_in_place():
            return True
        if is_ours := self.take():
            os.close(before)
        return is_ours

    def holder(self) -> str:
        """Pid of the holder as text, or a question mark."""
        try:
            return self._path.read_text().strip() or "?"
        except OSError:
            return "?"

    def release(self) -> None:
        """Let another one take it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
