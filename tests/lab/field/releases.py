"""Release files of MediaMTX as an owner carries them to a box, made of the binaries that this host has.

Three members at the top level, owned by root. Up to v1.12.3 one checksum file beside each archive, since v1.13.0 one
for all (scripts/binaries.mk of MediaMTX).
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

from lab.command import ask

from field.install import MEDIAMTX
from field.scenario import LeftOut

RELEASE = re.compile(r"v(\d+)\.(\d+)\.(\d+)", re.ASCII)
ONE_LIST_SINCE = (1, 13, 0)
NEEDED = f"two versions of MediaMTX are needed, in {MEDIAMTX.parent} or its folders"
REQUIRED = "REQUIRE_MEDIAMTX"
"""Set to 1 it makes a failure of what would be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One version and its program on this host."""

    version: str
    program: Path

    @property
    def archive(self) -> str:
        """The file's name; the guest is amd64."""
        return f"mediamtx_{self.version}_linux_amd64.tar.gz"

    def write(self, folder: Path) -> None:
        """Archive and checksum, into *folder*."""
        path = folder / self.archive
        with tarfile.open(path, "w:gz", compresslevel=1) as archive:
            _add(archive, "mediamtx", self.program.read_bytes(), 0o755)
            _add(archive, "mediamtx.yml", b"paths:\n  all_others:\n", 0o644)
            _add(archive, "LICENSE", b"MIT License\n", 0o644)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if number_of(self.version) < ONE_LIST_SINCE:
            (folder / f"{self.archive}.sha256sum").write_text(f"{digest}  {self.archive}\n")
        else:
            (folder / "checksums.sha256").write_text(f"{digest} *{self.archive}\n")


def oldest_and_newest() -> tuple[Release, Release]:
    """Of this host; raises LeftOut with fewer than two, AssertionError where they are required."""
    found = {}
    for program in sorted((MEDIAMTX, *MEDIAMTX.parent.glob("*/mediamtx"))):
        version = _version_of(program)
        if version:
            found[number_of(version)] = Release(version=version, program=program)
    if len(found) < 2:
        there = ", ".join(one.version for one in found.values()) or "none"
        assert os.environ.get(REQUIRED) != "1", f"{NEEDED}; there: {there}"
        raise LeftOut(f"{NEEDED}; there: {there}")
    return found[min(found)], found[max(found)]


def number_of(version: str) -> tuple[int, ...]:
    """For comparison."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _version_of(program: Path) -> str:
    """Empty where there is no program, or one that is no release."""
    said = ask((program, "--version"), timeout=20).stdout.strip() if os.access(program, os.X_OK) else ""
    return said if RELEASE.fullmatch(said) else ""


def _add(archive: tarfile.TarFile, name: str, data: bytes, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), mode
    archive.addfile(member, io.BytesIO(data))
