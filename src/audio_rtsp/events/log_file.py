"""A file that only grows: whole lines, whatever happens to the disk or to the file."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from audio_rtsp.errors import why
from audio_rtsp.host.atomic_file import make_folder, sync_directory

FLAGS = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK
"""Readable, to see whether its last line is whole; never waiting, should it be a pipe."""

Gap = Callable[[str], str]
"""A whole line from words such as ``3 lines are missing here (no space left on device)``."""

FILE_MODE = 0o644
LOOKS, LOOK_PAUSE = 20, 0.001
"""How often, and how many seconds apart, a last line without an end is looked at before it counts as cut off."""


class LogFile:
    """Appends lines to *path*. No method raises OSError: ``trouble`` says why the last write failed, else is empty.

    *missed* counts what was not written; *gap* renders the line that says so once there is room again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble = ""
        self.missed = 0
        self._descriptor: int | None = None
        self._is_folder_synced = True

    def append(self, line: str, gap: Gap) -> bool:
        """Write one line; False when it could not be written whole."""
        is_written = self._put((gap(self._gap_words()), line) if self.missed else (line,))
        self.missed += not is_written
        return is_written

    def mend(self, gap: Gap) -> None:
        """After a failure: see whether it takes lines again, without waiting for the next one."""
        if not self.trouble:
            return
        if self.missed:
            self._put((gap(self._gap_words()),))
        else:
            self.reopen()

    def reopen(self) -> bool:
        """Let go of the file, which was moved away, and make a new one where there is none."""
        self.close()
        return self._tried(self._ready)

    def sync(self) -> bool:
        """Have what was written reach the disk."""
        return self._descriptor is None or self._tried(self._sync)

    def size_bytes(self) -> int:
        """0 while there is none."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def move_to(self, path: Path) -> bool:
        """Give the file another name, in the place of what had it; the next line begins a new file."""
        self.sync()
        self.close()
        return self._tried(lambda: self.path.replace(path))

    def close(self) -> None:
        """Let go of the file; the next line opens it again."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _gap_words(self) -> str:
        return f"{self.missed} line{'s are' if self.missed > 1 else ' is'} missing here ({self.trouble})"

    def _put(self, lines: Iterable[str]) -> bool:
        is_written = self._tried(lambda: _write(self._ready(), _encoded(lines)))
        if is_written:
            self.missed, self.trouble = 0, ""
        return is_written

    def _tried(self, work: Callable[[], object]) -> bool:
        """After a failure the file is opened anew, and with it looked at: half a line may be at its end.

        A full disk may open what it cannot write: while lines are missing the trouble stays.
        """
        try:
            work()
        except OSError as error:
            self.trouble = why(error)
            self.close()
            return False
        if not self.missed:
            self.trouble = ""
        return True

    def _ready(self) -> int:
        """The open file of that name; a line that was cut off is ended when it is opened."""
        if self._descriptor is not None and not self._is_in_place(self._descriptor):
            self.close()
        if self._descriptor is None:
            self._descriptor, self._is_folder_synced = _open(self.path), False
            _end_last_line(self._descriptor)
        return self._descriptor

    def _is_in_place(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(self.path.stat(), os.fstat(descriptor))
        except FileNotFoundError:
            return False

    def _sync(self) -> None:
        assert self._descriptor is not None
        os.fdatasync(self._descriptor)
        if not self._is_folder_synced:
            sync_directory(self.path.parent)
            self._is_folder_synced = True


def _encoded(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode(errors="backslashreplace")


def _write(descriptor: int, data: bytes) -> None:
    """One write, as a rule; what a full disk did not take is tried again, and that raises."""
    while data:
        written = os.write(descriptor, data)
        if written == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        data = data[written:]


def _open(path: Path) -> int:
    try:
        descriptor = os.open(path, FLAGS)
    except FileNotFoundError:
        return _create(path)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return descriptor


def _create(path: Path) -> int:
    make_folder(path.parent)
    descriptor = os.open(path, FLAGS | os.O_CREAT | os.O_NOFOLLOW, FILE_MODE)  # by a link root would give another away
    with contextlib.suppress(OSError):
        os.fchmod(descriptor, FILE_MODE)  # whatever the umask
        if os.geteuid() == 0:  # what root began by hand the service goes on with; the sandbox forbids that one the call
            folder = path.parent.stat()
            os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


def _end_last_line(descriptor: int) -> None:
    """A power cut or a full disk may have left half a line (or zeros): nothing is glued to it."""
    if _is_cut_off(descriptor):
        _write(descriptor, b"\n")


def _is_cut_off(descriptor: int) -> bool:
    """Whether the last line stays without its end: one that another program is writing grows page by page."""
    for _ in range(LOOKS):
        size = os.fstat(descriptor).st_size
        if not size or os.pread(descriptor, 1, size - 1) == b"\n":
            return False
        time.sleep(LOOK_PAUSE)
    return True
