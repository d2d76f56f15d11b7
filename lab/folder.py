"""A folder that goes with the process that made it, however that process ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lab.errors import FolderLeft, NoFolder

WARDEN = Path(__file__).with_name("warden.py")


@contextlib.contextmanager
def passing_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """An empty folder below *parent*, removed at the end of the body or of this process, with all who work in it."""
    parent.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        (sys.executable, "-I", "-S", WARDEN, parent.resolve(), prefix),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        cwd="/",
    ) as warden:
        assert warden.stdout
        told = warden.stdout.readline().rstrip(b"\n")
        if not told:
            raise NoFolder(parent)
        folder = Path(os.fsdecode(told))
        with held(folder):
            yield folder
    if warden.returncode:
        raise FolderLeft(folder)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Lock *folder* as one of its users: nobody takes it for left behind, also not when its warden was killed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)
