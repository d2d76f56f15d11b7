"""Dated copies of a file before it is changed: ``backups/NAME.YYYYmmdd-HHMMSS``, the last ten of each file."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import time
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.config.damage import damage
from audio_rtsp.config.owner_file import Unread, read_owner_file
from audio_rtsp.config.secrecy import OTHERS, secrets
from audio_rtsp.host.atomic_file import write_atomic

FOLDER = "backups"
KEPT = 10


@dataclass(frozen=True, slots=True, order=True)
class Backup:
    """One copy; ``number`` tells those of one second apart. They sort by age."""

    stamp: str
    number: int
    path: Path

    @classmethod
    def of(cls, path: Path, stamp: str, number: int) -> Backup:
        """The copy of *path* with this stamp and number."""
        name = f"{path.name}.{stamp}" + (f"-{number}" if number else "")
        return cls(stamp, number, path.parent / FOLDER / name)


def backups_of(path: Path) -> list[Backup]:
    """All copies of *path*, the oldest first."""
    pattern = re.compile(re.escape(path.name) + r"\.(\d{8}-\d{6})(?:-(\d+))?", re.ASCII)
    try:
        matches = [pattern.fullmatch(there.name) for there in (path.parent / FOLDER).iterdir()]
    except OSError:
        return []
    return sorted(Backup.of(path, match[1], int(match[2] or 0)) for match in matches if match)


def back_up(path: Path, data: bytes) -> Path:
    """Keep *data*, the old content of *path*, and drop the copies before the last ten. Raises OSError."""
    before = backups_of(path)
    new = _next(path, before)
    new.path.parent.mkdir(mode=0o755, exist_ok=True)
    there = path.stat()
    everybodys = 0 if secrets(data) else OTHERS
    write_atomic(new.path, data, mode=there.st_mode & (0o7770 | everybodys), group=there.st_gid)
    for old in before[: -(KEPT - 1)]:
        with contextlib.suppress(OSError):
            old.path.unlink()
    return new.path


def how_to_restore(path: Path) -> str:
    """The command that brings back the newest sound copy of *path*, or what else to do."""
    path = path.absolute()
    sudo = "" if os.access(path.parent, os.W_OK) else "sudo "
    for copy in reversed(backups_of(path)):
        data = read_owner_file(copy.path)
        if isinstance(data, bytes) and not damage(path.name, data):
            return f"{sudo}cp {shlex.quote(str(copy.path))} {shlex.quote(str(path))}; then: audio-rtsp config reload"
        if isinstance(data, Unread) and data.fix:
            return data.fix
    return f"there is no backup of it; mend it, or begin anew: {sudo}rm {shlex.quote(str(path))}"


def _next(path: Path, before: list[Backup]) -> Backup:
    """The name for a copy made now; never older than the last one, since the clocks of small boxes jump back."""
    now = time.strftime("%Y%m%d-%H%M%S")
    if before and before[-1].stamp >= now:
        return Backup.of(path, before[-1].stamp, before[-1].number + 1)
    return Backup.of(path, now, 0)
