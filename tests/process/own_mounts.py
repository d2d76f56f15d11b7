"""Small file systems of a test's own, in a namespace of its own."""

from __future__ import annotations

import shutil
import subprocess


def has_own_mounts() -> bool:
    """Whether this user may mount there."""
    argv = ["unshare", "-rm", "mount", "-t", "tmpfs", "x", "/mnt"]
    return bool(shutil.which("unshare")) and subprocess.run(argv, capture_output=True, timeout=20).returncode == 0
