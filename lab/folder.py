"""A folder that goes with the process that made it, however that process ends."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

WARDEN = 'cat >/dev/null; sleep "$2"; rm -rf --one-file-system -- "$1"'
"""Reads until the pipe from its maker closes, which the kernel does also after SIGKILL."""

GRACE = "0.2"
"""Seconds for programs that die with the maker to let go of their files."""


@contextlib.contextmanager
def passing_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """An empty folder below *parent*, removed at the end of the body or of this process."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    warden = subprocess.Popen(
        ("sh", "-c", WARDEN, "warden", folder, GRACE), stdin=subprocess.PIPE, start_new_session=True, cwd="/"
    )
    try:
        yield folder
    finally:
        warden.communicate()
