"""All paths by name."""

from __future__ import annotations

import os

from .path import Loop, Path
from .sdp import Description
from .session import Session
from .timeline import Start
from .track import Track


class Directory:
    """Names and their paths; a path is here from its first RECORD until ``gap_seconds`` after its publisher left."""

    def __init__(self, loop: Loop, *, gap_seconds: float) -> None:
        self._loop, self.gap_seconds = loop, gap_seconds
        self._paths: dict[str, Path] = {}

    def has_room(self, name: str, most: int) -> bool:
        """A path that is there, if only for its readers, needs none."""
        return name in self._paths or len(self._paths) < most

    def find(self, name: str) -> Path | None:
        return self._paths.get(name)

    def all(self) -> tuple[Path, ...]:
        """Sorted by name."""
        return tuple(self._paths[name] for name in sorted(self._paths))

    def publish(self, name: str, description: Description, publisher: Session, wall: float) -> Path:
        """The path for a publisher: the one that is there when the media are the same, else a new one in its place."""
        there = self._paths.get(name)
        if there is not None and there.description.identity == description.identity:
            there.adopt(publisher, wall)
            return there
        path = self._paths[name] = self._open(name, description)
        path.adopt(publisher, wall)
        if there is not None:
            there.close()
        return path

    def close(self) -> None:
        for path in self.all():
            path.close()

    def _open(self, name: str, description: Description) -> Path:
        tracks = tuple(Track(media, _random_start()) for media in description.medias)
        path = Path(name, description, tracks, loop=self._loop, gap_seconds=lambda: self.gap_seconds)
        path.on_close = self._forget
        return path

    def _forget(self, path: Path) -> None:
        if self._paths.get(path.name) is path:
            del self._paths[path.name]


def _random_start() -> Start:
    numbers = int.from_bytes(os.urandom(10), "big")
    return Start(ssrc=numbers & 0xFFFFFFFF, sequence=numbers >> 32 & 0xFFFF, timestamp=numbers >> 48)
