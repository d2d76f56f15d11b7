"""One file of the owner's, read whole and never trusted to be a file."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.errors import why

LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is there and cannot be used, why, and how to mend it."""

    why: str
    fix: str = ""


def read_owner_file(path: Path) -> bytes | Unread | None:
    """The bytes of *path*; None when there is no such file. Never waits for a pipe or a device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Unread(why(error))
    try:
        return _read(descriptor)
    except OSError as error:
        return Unread(why(error))
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> bytes | Unread:
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        return Unread("it is a directory" if stat.S_ISDIR(mode) else "it is not a regular file")
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(LARGEST + 1)
    return data if len(data) <= LARGEST else Unread("it is larger than 1 MiB")
