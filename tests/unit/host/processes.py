"""What /proc says of processes that tests started."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def state(pid: int) -> str:
    """The letter of proc(5), empty when the process is not there."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def children() -> set[int]:
    """Our own, zombies too."""
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def until(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Look until it holds, a hundred times a second."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


async def soon(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """As :func:`until`, with the event loop free meanwhile."""
    for _ in range(round(seconds * 100)):
        if holds():
            return True
        await asyncio.sleep(0.01)
    return False


def descriptors() -> int:
    """How many files are open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@contextmanager
def few_descriptors(room: int) -> Iterator[None]:
    """In the body only *room* more files can be opened: the holes below the highest one are stopped up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    stopped = []
    highest = max(int(one.name) for one in Path("/proc/self/fd").iterdir())
    while (descriptor := os.open("/dev/null", os.O_RDONLY)) < highest:
        stopped.append(descriptor)
    os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptor + room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in stopped:
            os.close(descriptor)
