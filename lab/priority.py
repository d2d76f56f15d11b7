"""Before other programs of this host: hardware does not wait for them.

Where the kernel groups processes by session (``sched_autogroup_enabled``, sched(7)), the nice value of a process counts
within its session only; what sessions get of each other is the group's own nice value.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

FASTER = -5


@contextlib.contextmanager
def faster_than_others() -> Iterator[None]:
    """This process and all that it starts; its session, which others may share, afterwards as before."""
    before = read_session_nice(os.getpid())
    with contextlib.suppress(PermissionError):
        os.nice(FASTER)
    raise_session(os.getpid())
    try:
        yield
    finally:
        if before is not None:
            _write(os.getpid(), before)


def raise_session(pid: int) -> None:
    """Give the session of *pid* the nice value of the process; nothing where we may not, or there are no groups."""
    _write(pid, os.getpriority(os.PRIO_PROCESS, pid))


def read_session_nice(pid: int) -> int | None:
    """As in ``/autogroup-25 nice 0``; None where the kernel makes no groups."""
    try:
        found = re.search(r"nice (-?\d+)", _file(pid).read_text())
    except OSError:
        return None
    return int(found[1]) if found else None


def _write(pid: int, nice: int) -> None:
    with contextlib.suppress(OSError):
        _file(pid).write_text(str(nice))


def _file(pid: int) -> Path:
    return Path(f"/proc/{pid}/autogroup")
