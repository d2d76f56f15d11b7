"""The name of this process in ``top`` and ``ps``, where it would else be python's."""

from __future__ import annotations

import contextlib
from pathlib import Path


def name_this_process(name: str) -> None:
    """Set it (proc(5), /proc/self/comm); the kernel keeps 15 characters."""
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(name)
