"""Passwords in the owner's files: who may read them, and what to type when that is everybody on this machine."""

from __future__ import annotations

import contextlib
import os
import shlex
from pathlib import Path

from audio_rtsp.config.complaint import Complaint
from audio_rtsp.config.keyvalue import parse_lines
from audio_rtsp.config.owner_file import read_owner_file
from audio_rtsp.config.settings import BY_KEY
from audio_rtsp.host.atomic_file import write_atomic
from audio_rtsp.host.group import group_name, reading_group

SECRET = frozenset(key for key, setting in BY_KEY.items() if setting.secret)
READ_ANEW = "then: audio-rtsp config reload"
OTHERS = 0o007
ALONE = 0o740
"""What is left to owner and group of a file that was everybody's; a group that is new to it does not write."""


def secrets(data: bytes) -> dict[str, str]:
    """The secrets that stand in a settings file, by key."""
    if not any(key.encode() in data for key in SECRET):
        return {}
    return {line.key: line.value.text for line in parse_lines(data) if line.key in SECRET and line.value.text}


def close_to_others(path: Path, copies: list[Path]) -> None:
    """Leave *path*, which is made when it is missing, and its *copies* to their owner and who runs the program.

    Rights are never widened. Raises OSError.
    """
    if not path.exists():
        write_atomic(path, b"", mode=0o644)
    for file in (path, *copies):
        mode = file.stat().st_mode & 0o7777
        if mode & OTHERS:
            file.chmod(mode & (ALONE if _give_to_readers(file) else ~OTHERS))


def exposure(path: Path, data: bytes, copies: list[Path]) -> tuple[Complaint, ...]:
    """What everybody on this machine can read of the secrets in *path*, with *data* in it, and in its *copies*."""
    found = [(path, secrets(data))] if _is_everybodys(path) else []
    found += [(copy, _secrets_of(copy)) for copy in copies if _is_everybodys(copy)]
    open_files = [(file, keys) for file, keys in found if keys]
    if not open_files:
        return ()
    keys = ", ".join(dict.fromkeys(key for _, keys in open_files for key in keys))
    is_copy = all(file != path for file, _ in open_files)
    says = f"{keys}: everybody on this machine can read it{' in backups' if is_copy else ''}"
    return (Complaint(path.name, f"{says}; fix: {_how_to_close([file for file, _ in open_files])}"),)


def who_reads(path: Path) -> str:
    """Whom the rights of *path* let read it."""
    there = path.stat()
    owner = "root" if there.st_uid == 0 else "its owner"
    group = [f"the group {group_name(there.st_gid)}"] if there.st_mode & 0o040 and there.st_gid else []
    return " and ".join((owner, *group))


def _give_to_readers(file: Path) -> bool:
    """Whether it belongs to another group now."""
    group = reading_group()
    if group is None or file.stat().st_gid == group:
        return False
    with contextlib.suppress(PermissionError):
        os.chown(file, -1, group)
        return True
    return False


def _is_everybodys(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return bool(file.stat().st_mode & 0o004 and file.parent.stat().st_mode & 0o001)
    return False


def _secrets_of(file: Path) -> dict[str, str]:
    data = read_owner_file(file)
    return secrets(data) if isinstance(data, bytes) else {}


def _how_to_close(files: list[Path]) -> str:
    """The owner himself reads on; somebody else who runs the program must be of the group."""
    names = shlex.join(str(file.absolute()) for file in files)
    group = reading_group()
    if files[0].stat().st_uid == os.geteuid() != 0:
        return f"chmod o= {names}; {READ_ANEW}"
    chgrp = f"sudo chgrp {group_name(group)} {names}; " if group is not None else ""
    return f"{chgrp}sudo chmod o= {names}; {READ_ANEW}"
