"""One file of the owner's, read whole and never trusted to be a file."""

from __future__ import annotations

import os
import shlex
import stat
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.errors import why
from audio_rtsp.host.group import group_name, reading_group

LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is there and cannot be used, why, and how to mend it."""

    why: str
    fix: str = ""


def read_owner_file(path: Path, largest: int = LARGEST) -> bytes | Unread | None:
    """The bytes of *path*; None when there is no such file. Never waits for a pipe or a device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        return Unread(why(error), _how_to_be_let_in(path))
    except OSError as error:
        return Unread(why(error))
    try:
        return _read(descriptor, largest)
    except OSError as error:
        return Unread(why(error))
    finally:
        os.close(descriptor)


def _read(descriptor: int, largest: int) -> bytes | Unread:
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        return Unread("it is a directory" if stat.S_ISDIR(mode) else "it is not a regular file")
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(largest + 1)
    return data if len(data) <= largest else Unread(f"it is larger than {largest >> 20} MiB")


def _how_to_be_let_in(path: Path) -> str:
    """It may hold a password: so it is for root, and for the group of who runs the program."""
    file, group = shlex.quote(str(path.absolute())), reading_group()
    try:
        there = path.stat()
    except OSError:
        return "type the same with sudo"
    if there.st_mode & stat.S_IRGRP and there.st_gid == group:
        join = f"sudo usermod -aG {group_name(group)} $USER, then log in anew"
    else:
        join = f"sudo chgrp {group_name(group or 0)} {file}; sudo chmod g+r {file}"
    return f"type the same with sudo, or be let in: {join}"
