"""How many files this program and its children may have open (getrlimit(2), RLIMIT_NOFILE)."""

from __future__ import annotations

import contextlib
import resource

ENOUGH = 8192
"""64 streams take a dozen each, a listener of the server one; more only makes a leak last longer."""


def raise_file_limit() -> None:
    """Take what the system allows, up to enough: the usual 1024 are meant for programs that use select(2)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
