"""A disk that loses power at any moment: what was not synced is there, half there, zeros, or not there at all.

It watches real writes to a real folder and works out every folder that a power cut could leave behind. A file is as it
was at its last fsync, or as it is now, or half of that, or zeros of that length (file systems that allocate late); a
name is as at the last fsync of the folder, or as at any step since.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

OPERATIONS = ("open", "write", "fchmod", "fsync", "fdatasync", "close", "unlink", "rename", "replace")


class PowerCut:
    """Call :meth:`watch` before the writes; ``left_behind`` is what a cut during them could leave."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[int, FileIO] = {}
        self._durable = self._contents()
        self._namings = [self._naming()]
        self.left_behind: set[frozenset[tuple[str, bytes]]] = set()

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        for name in OPERATIONS:
            patch.setattr(os, name, self._watched(getattr(os, name), name))

    def folders(self, where: Path) -> Iterator[Path]:
        """Each of them, made real."""
        for file in self._held.values():
            file.close()
        for number, files in enumerate(sorted(map(sorted, self.left_behind))):
            folder = where / str(number)
            folder.mkdir(parents=True)
            for name, content in files:
                (folder / name).write_bytes(content)
            yield folder

    def _watched(self, real: Callable[..., Any], name: str) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            self._note()
            done = real(*arguments, **options)
            if name in ("fsync", "fdatasync"):
                self._sync(arguments[0])
            self._note()
            return done

        return step

    def _sync(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            self._namings = [self._naming()]
        else:
            self._durable[found.st_ino] = self._contents().get(found.st_ino, b"")

    def _note(self) -> None:
        now, naming = self._contents(), self._naming()
        if naming != self._namings[-1]:
            self._namings.append(naming)
        for names in self._namings:
            choices = [[(name, content) for content in self._fates(inode, now)] for name, inode in names.items()]
            self.left_behind |= {frozenset(one) for one in itertools.product(*choices)}

    def _fates(self, inode: int, now: Mapping[int, bytes]) -> set[bytes]:
        durable = self._durable.get(inode, b"")
        current = now.get(inode, durable)
        if current == durable:
            return {durable}
        half = current[: (len(durable) + len(current)) // 2]
        return {durable, current, half, durable + bytes(max(0, len(current) - len(durable)))}

    def _naming(self) -> dict[str, int]:
        return {one.name: one.stat().st_ino for one in self._files()}

    def _contents(self) -> dict[int, bytes]:
        """Each file is held open, so that no other one gets its number."""
        for one in self._files():
            number = one.stat().st_ino
            if number not in self._held:
                self._held[number] = one.open("rb", buffering=0)
        return {number: self._whole(file) for number, file in self._held.items()}

    def _whole(self, file: FileIO) -> bytes:
        file.seek(0)
        return file.read()

    def _files(self) -> list[Path]:
        """By calls that are not watched."""
        return [Path(one.path) for one in os.scandir(self._folder) if one.is_file()]
