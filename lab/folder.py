"""A folder that goes with the process that made it, however that process ends."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

WARDEN = """cat >/dev/null
for process in /proc/[0-9]*; do
    [ "$(readlink "$process/cwd")" != "$1" ] || kill -KILL "${process#/proc/}"
done
rm -rf --one-file-system -- "$1"
"""
"""Reads until the pipe from its maker closes, which the kernel does also after SIGKILL; then ends who still works in
the folder (a program that was just being started did not yet ask to die with us), and removes it."""


@contextlib.contextmanager
def passing_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """An empty folder below *parent*, removed at the end of the body or of this process."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent.resolve()))
    warden = subprocess.Popen(
        ("sh", "-c", WARDEN, "warden", folder),
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
    try:
        yield folder
    finally:
        warden.communicate()
