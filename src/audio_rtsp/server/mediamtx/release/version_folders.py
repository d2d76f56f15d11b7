"""The changes in the folder of installed versions; each is whole or has not happened, wherever the power fails."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from audio_rtsp.host.atomic_file import link_atomic, make_folder, sync_directory, write_atomic
from audio_rtsp.server.mediamtx.release.archive import MEMBERS, PROGRAM
from audio_rtsp.server.mediamtx.release.checksum import render_checksum
from audio_rtsp.server.mediamtx.release.installation import (
    CHECKSUM,
    DOWNLOADS,
    LOCK,
    PREVIOUS,
    STAGING,
    Installation,
    ask_version,
    sha256,
)


def adopt(installation: Installation, program: Path, name: str) -> str:
    """Give *program* a second place in a version folder called *name*, or nearly so; the folder's name."""
    names = (name, *(f"{name}-{number}" for number in range(1, 1000)))
    free = next(one for one in names if _is_free_for(program, installation.program_of(one)))
    folder = installation.folder / free
    make_folder(folder)
    with contextlib.suppress(FileExistsError):
        os.link(program, folder / PROGRAM)
    _note_checksum(folder, sha256(program))
    sync_directory(installation.folder)
    return free


def _is_free_for(program: Path, there: Path) -> bool:
    """Whether nothing is there, or this very program: an adoption that was cut off is gone on with."""
    return not there.exists() or there.samefile(program)


def _note_checksum(folder: Path, digest: str) -> None:
    write_atomic(folder / CHECKSUM, render_checksum(digest, PROGRAM).encode(), mode=0o644)


def adopt_foreign(installation: Installation) -> str:
    """Keep the plain file ``mediamtx`` of somebody else under the version that it says it is."""
    return adopt(installation, installation.program, ask_version(installation.program) or "unknown")


def place(installation: Installation, staging: Path, name: str) -> str | None:
    """Move the unpacked files into the folder *name*, the program last.

    A program there that differs is kept in a folder of its own first, whose name is given back.
    """
    folder, program = installation.folder / name, installation.program_of(name)
    digest = sha256(staging / PROGRAM)
    kept = adopt(installation, program, f"{name}-before") if program.is_file() and sha256(program) != digest else None
    make_folder(folder)
    _note_checksum(folder, digest)
    for member in reversed(MEMBERS):
        with contextlib.suppress(FileNotFoundError):
            (staging / member).rename(folder / member)
    sync_directory(folder)
    sync_directory(installation.folder)
    return kept


def remember(installation: Installation, name: str) -> None:
    """Let ``previous`` point to a version."""
    link_atomic(installation.folder / PREVIOUS, f"{name}/{PROGRAM}")


def switch(installation: Installation, name: str) -> None:
    """Let ``mediamtx`` point to a version; a plain file gives way, see :func:`adopt_foreign`."""
    link_atomic(installation.program, f"{name}/{PROGRAM}")


def tidy(installation: Installation, *, keep_downloads: bool = False) -> None:
    """Remove what only an installation at work needs, and end removals that were cut off."""
    _end_removals(installation)
    for name in (STAGING,) if keep_downloads else (STAGING, DOWNLOADS):
        shutil.rmtree(installation.folder / name, ignore_errors=True)


def remove_version(installation: Installation, name: str) -> None:
    """Remove one version; it is whole until it is none, and what somebody has put into its folder stays."""
    folder = installation.folder / name
    if installation.previous == name:
        (installation.folder / PREVIOUS).unlink()
    if folder.exists():
        folder.rename(installation.going(name))
        sync_directory(installation.folder)
    _end_removals(installation)


def _end_removals(installation: Installation) -> None:
    for name in installation.half_removed:
        going = installation.going(name)
        for file in (PROGRAM, CHECKSUM, *MEMBERS):
            (going / file).unlink(missing_ok=True)
        try:
            going.rmdir()
        except OSError:  # the owner has put something there
            going.rename(installation.folder / name)


def remove_all(installation: Installation) -> None:
    """Remove the links, then every version; what is not ours stays, and so does the folder then."""
    versions = installation.kept
    for link in (installation.program, installation.folder / PREVIOUS):
        if link.is_symlink():
            link.unlink()
    for name in versions:
        remove_version(installation, name)
    tidy(installation)
    (installation.folder / LOCK).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        installation.folder.rmdir()
