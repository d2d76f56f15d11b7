"""What /proc says of one process (proc(5))."""

from __future__ import annotations

import os
from pathlib import Path


class WrittenBytes:
    """All bytes that a process has written so far (``wchar`` of /proc/PID/io, proc(5)).

    The file is opened while the process lives and kept: a dead one's last word can then be read until it is reaped,
    which a plain user may not do with a new opening. Needs the kernel's CONFIG_TASK_IO_ACCOUNTING, which Debian,
    Ubuntu and Raspberry Pi OS set.
    """

    def __init__(self, pid: int) -> None:
        try:
            self._descriptor = os.open(f"/proc/{pid}/io", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._descriptor = -1

    def read(self) -> int | None:
        """The number now; None when the kernel does not say."""
        try:
            return parse_written(os.pread(self._descriptor, 512, 0)) if self._descriptor >= 0 else None
        except OSError:
            return None

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def parse_written(text: bytes) -> int | None:
    """``wchar`` of the text of /proc/PID/io."""
    _, found, rest = text.partition(b"wchar: ")
    number = rest.split(b"\n", 1)[0]
    return int(number) if found and number.isdigit() else None


def process_name(pid: int) -> str:
    """The short name of a process, empty when it is not there."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    """The process that started it; 0 when it is not there."""
    words = _stat(pid)
    return int(words[1]) if words else 0


def work_of(pid: int) -> tuple[int, ...]:
    """Major page faults, and processor ticks of user and kernel, so far: all stand still while it is stopped or waits;
    empty when it is not there.
    """
    words = _stat(pid)
    return tuple(int(words[place]) for place in (9, 11, 12)) if words else ()


def _stat(pid: int) -> list[str]:
    """/proc/PID/stat behind the name, which may hold anything: the state is the first word (proc(5))."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def command_line(pid: int) -> tuple[str, ...]:
    """The words a process was started with, none when it is not there (proc(5), /proc/PID/cmdline)."""
    try:
        return tuple(Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0"))
    except OSError:
        return ()


def is_running(word: str) -> bool:
    """Whether some process was started with *word* as one of its words; every user may look (but with hidepid)."""
    return any(word in command_line(int(there.name)) for there in Path("/proc").glob("[0-9]*"))
