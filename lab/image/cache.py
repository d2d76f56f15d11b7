"""Where built images are kept. What has its final name is whole: it is built beside it and renamed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

KEPT_IMAGES = 2
"""Images of other keys are of other branches; older ones go."""


def default_cache() -> Path:
    """``AUDIO_RTSP_LAB_CACHE``, else a folder of the user's cache."""
    named = os.environ.get("AUDIO_RTSP_LAB_CACHE")
    return Path(named) if named else Path.home() / ".cache/audio-rtsp-lab"


@dataclass(frozen=True, slots=True)
class Cache:
    """One folder with images by key."""

    folder: Path

    def get(self, name: str, build: Callable[[Path], None]) -> Path:
        """The folder *name*, built by *build* into an empty folder when it is not there."""
        final = self.folder / name
        if not final.is_dir():
            with self._alone():
                if not final.is_dir():
                    self._build(final, build)
        os.utime(final)
        return final

    def prune(self, kind: str) -> None:
        """Keep the images of *kind* that were used last."""
        ages = sorted(self.folder.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in ages[KEPT_IMAGES:]:
            shutil.rmtree(path)

    def _build(self, final: Path, build: Callable[[Path], None]) -> None:
        half = final.with_name(f"half-{final.name}")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        try:
            build(half)
            half.rename(final)
        finally:
            shutil.rmtree(half, ignore_errors=True)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One builder at a time; the lock goes with its holder, however that ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
