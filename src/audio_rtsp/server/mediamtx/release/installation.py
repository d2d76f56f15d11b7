"""What of MediaMTX lies in ``/usr/local/mediamtx``; reads, never changes.

``v1.20.1/mediamtx`` and its neighbours side by side; ``mediamtx`` is a link to the one in use, ``previous`` to the one
before. A plain file ``mediamtx`` was put there by somebody else.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.host.command import run
from audio_rtsp.server.mediamtx.release.archive import PROGRAM
from audio_rtsp.server.mediamtx.release.checksum import find_checksum

PREVIOUS = "previous"
CHECKSUM = f"{PROGRAM}.sha256"
LOCK = ".lock"
STAGING = ".staging"
DOWNLOADS = ".downloads"
GOING = ".removed-"
TIME_TO_ANSWER = 20.0
"""Seconds; a Pi Zero reads the program from a slow card first."""
ANSWER = re.compile(r"v?\d[0-9A-Za-z.+_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Installation:
    """One folder of installed versions."""

    folder: Path

    @property
    def program(self) -> Path:
        """What the service starts."""
        return self.folder / PROGRAM

    @property
    def is_foreign(self) -> bool:
        """Whether the program in use is a plain file, so not ours."""
        return self.program.is_file() and not self.program.is_symlink()

    @property
    def in_use(self) -> str | None:
        """The name of the version folder in use; None when there is none, or the program is not ours."""
        return self._linked(self.program)

    @property
    def previous(self) -> str | None:
        """The name of the version folder that ``rollback`` goes to; None when there is none."""
        name = self._linked(self.folder / PREVIOUS)
        return name if name != self.in_use else None

    @property
    def kept(self) -> tuple[str, ...]:
        """The names of all version folders that we made: they hold a program and its checksum."""
        noted = (there.parent for there in self.folder.glob(f"[!.]*/{CHECKSUM}"))
        return tuple(sorted(folder.name for folder in noted if (folder / PROGRAM).is_file()))

    @property
    def half_removed(self) -> tuple[str, ...]:
        """The names of versions whose removal was cut off."""
        return tuple(sorted(there.name.removeprefix(GOING) for there in self.folder.glob(f"{GOING}*")))

    def going(self, name: str) -> Path:
        """The folder of a version that is being removed."""
        return self.folder / f"{GOING}{name}"

    def program_of(self, name: str) -> Path:
        """The program of a version folder."""
        return self.folder / name / PROGRAM

    def is_as_installed(self, name: str) -> bool | None:
        """Whether a version's program still has its checksum; None when none was noted."""
        try:
            noted = find_checksum((self.folder / name / CHECKSUM).read_text(errors="replace"), PROGRAM)
        except FileNotFoundError:
            return None
        return noted == sha256(self.program_of(name))

    def _linked(self, link: Path) -> str | None:
        if not link.is_symlink() or not link.is_file():
            return None
        target = link.readlink()
        return target.parts[0] if len(target.parts) == 2 and target.name == PROGRAM else None


def ask_version(program: Path) -> str | None:
    """What ``mediamtx --version`` prints; None when it cannot be run or prints none."""
    if not os.access(program, os.X_OK):
        return None
    try:
        end = run([str(program), "--version"], timeout=TIME_TO_ANSWER)
    except OSError:
        return None
    first = end.stdout.strip().partition("\n")[0]
    return first if end.code == 0 and ANSWER.fullmatch(first) else None


def sha256(path: Path) -> str:
    """The checksum of a file, in lower case; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
