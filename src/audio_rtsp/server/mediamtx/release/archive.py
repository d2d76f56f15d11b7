"""A release's archive: three files at the top level (``mediamtx``, ``mediamtx.yml``, ``LICENSE``), nothing else of it
is ever written."""

from __future__ import annotations

import gzip
import os
import tarfile
import zlib
from pathlib import Path
from typing import IO, Protocol

from audio_rtsp.server.mediamtx.errors import ReleaseRefused

PROGRAM = "mediamtx"
MEMBERS = {PROGRAM: 0o755, "mediamtx.yml": 0o644, "LICENSE": 0o644}
LARGEST = 250_000_000
"""Bytes, all members together; v1.20.1 has 55 million."""
BLOCK = 1 << 16
TOO_LARGE = "unpacks to more than a release can hold"


class _Reader(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Bounded:
    """Ends the reading of an archive that unpacks to more than it may."""

    def __init__(self, file: _Reader, limit: int) -> None:
        self._file = file
        self._left = limit

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise _Refused(TOO_LARGE)
        return data


class _Refused(Exception):
    pass


def unpack(archive: Path, folder: Path, *, largest: int = LARGEST) -> Path:
    """Write the known members into *folder* and give the program's place; raises ReleaseRefused, OSError."""
    try:
        with gzip.open(archive) as plain, _open(_Bounded(plain, largest)) as whole:
            found = {member.name.removeprefix("./") for member in whole if _take(whole, member, folder, largest)}
        if PROGRAM not in found:
            raise _Refused(f"holds no {PROGRAM}")
    except _Refused as why:
        raise ReleaseRefused(archive.name, str(why)) from None
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ReleaseRefused(archive.name, f"is cut off or damaged ({error})") from None
    return folder / PROGRAM


def _open(file: _Bounded) -> tarfile.TarFile:
    return tarfile.open(fileobj=file, mode="r|")  # type: ignore[call-overload,no-any-return]


def _take(whole: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, largest: int) -> bool:
    """Write one member; False when it is none that we know."""
    name = member.name.removeprefix("./")
    if "/" in name or name in ("", ".", ".."):
        raise _Refused(f"has a path in it: {member.name!r}")
    if not member.isreg():
        raise _Refused(f"has a member that is no plain file: {member.name!r}")
    if member.size > largest:
        raise _Refused(TOO_LARGE)
    if (folder / name).exists():
        raise _Refused(f"holds {name} twice")
    content = whole.extractfile(member) if name in MEMBERS else None
    if content is None:
        return False
    _write(folder / name, content, MEMBERS[name])
    return True


def _write(path: Path, content: IO[bytes], mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while data := content.read(BLOCK):
            file.write(data)
        file.flush()
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
