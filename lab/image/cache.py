"""Where built images are kept. What has its final name is whole: it is built beside it, synced and renamed.

Several labs share a cache: who uses a folder holds a shared lock on it, who builds or removes is alone by the file
``lock``. All locks go with their holders, however these end.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

from lab.command import run

KEPT_IMAGES = 2
"""Images of other keys are of other branches; older ones go."""

HALF = "half-"
SYNC_LIMIT = 300.0


def default_cache() -> Path:
    """``AUDIO_RTSP_LAB_CACHE``, else a folder of the user's cache."""
    named = os.environ.get("AUDIO_RTSP_LAB_CACHE")
    return Path(named) if named else Path.home() / ".cache/audio-rtsp-lab"


class Cache:
    """One folder with images by key. What it gave stays as long as the Cache itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str, build: Callable[[Path], None]) -> Path:
        """The folder *name*, built by *build* into an empty folder when it is not there."""
        final = self.folder / name
        while not self._hold(final):
            with self._alone():
                if not final.is_dir():
                    self._build(final, build)
        os.utime(final)
        return final

    def prune(self, kind: str) -> None:
        """Keep the folders of *kind* that were used last, and those in use; remove halves that nobody builds any more.
        Another time while somebody builds.
        """
        with contextlib.suppress(BlockingIOError), self._alone(fcntl.LOCK_NB):
            ages = sorted(self.folder.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in ages[KEPT_IMAGES:]:
                _remove_unused(path)
            self._remove_halves()

    def _build(self, final: Path, build: Callable[[Path], None]) -> None:
        """Only whole on the disk does it get its name: after a power cut of this host there is all of it or nothing."""
        self._remove_halves()
        half = final.with_name(f"{HALF}{final.name}")
        half.mkdir(parents=True)
        try:
            build(half)
            run(("sync", "--file-system", half), timeout=SYNC_LIMIT)
            half.rename(final)
            run(("sync", final.parent), timeout=SYNC_LIMIT)
        finally:
            shutil.rmtree(half, ignore_errors=True)

    def _remove_halves(self) -> None:
        """Each was built alone, and we are alone: their builders are gone."""
        for pattern in (f"{HALF}*", f"*/{HALF}*"):
            for half in self.folder.glob(pattern):
                shutil.rmtree(half)

    def _hold(self, final: Path) -> bool:
        """Lock it as one of its users; False where it is not there, or was just removed."""
        try:
            descriptor = os.open(final, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            return False
        weakref.finalize(self, os.close, descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return final.is_dir() and os.path.samestat(final.stat(), os.fstat(descriptor))

    @contextlib.contextmanager
    def _alone(self, how: int = 0) -> Iterator[None]:
        """One builder at a time; BlockingIOError with LOCK_NB where there is one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | how)
            yield


def _remove_unused(path: Path) -> None:
    """Under another name first, so that no half of it is taken for whole."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(path.rename(path.with_name(f"{HALF}{path.name}")))
    finally:
        os.close(descriptor)
