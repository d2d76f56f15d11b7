"""Who keeps a passing folder: makes it, and removes it when standard input closes, which the kernel sees to also after
a SIGKILL of who asked for it. A program of its own, started by its path (``lab.folder``): the standard library only.

Who dies between two steps leaves nothing that stays: a folder without a lock is removed by the next warden beside it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SUFFIX = ".passing"
"""What has this name and no lock belongs to nobody."""

END_SECONDS, LEFT_SECONDS = 10.0, 1.0
LOOK_SECONDS, CLEAN_LOOKS = 0.02, 2
"""A program that was just being forked may be missed by one look at /proc."""

PROC = Path("/proc")
ESCAPED = re.compile(r"\\([0-7]{3})")


def main(parent: Path, prefix: str) -> int:
    """Make the folder, tell its name, wait, remove it; 1 when it could not be removed."""
    with _locked(parent, fcntl.LOCK_EX):
        for left in parent.glob(f"*{SUFFIX}"):
            _remove_if_nobody_s(left)
        folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=SUFFIX, dir=parent))
        held = _lock(folder, fcntl.LOCK_SH)
    with contextlib.suppress(BrokenPipeError):  # who asked may be gone already
        os.write(sys.stdout.fileno(), os.fsencode(folder) + b"\n")
    sys.stdin.buffer.read()
    is_gone = remove(folder)
    os.close(held)
    return 0 if is_gone else 1


def remove(folder: Path, seconds: float = END_SECONDS) -> bool:
    """End who works in *folder*, unmount what is mounted there, remove it; False when it stays, and says why."""
    end = time.monotonic() + seconds
    while True:
        _end_dwellers(folder, end)
        mounts = mounts_below(os.fsdecode((PROC / "self/mountinfo").read_bytes()), folder)
        complaints = [_complaint("umount", point) for point in mounts]
        complaints.append(_complaint("rm", "-rf", "--one-file-system", "--", folder))
        if not folder.exists():
            return True
        if time.monotonic() > end:
            sys.stderr.write(f"{folder} is left behind: {' '.join(filter(None, complaints))}\n")
            return False


def dwellers(folder: Path) -> list[int]:
    """The processes whose working directory or root is *folder* or below it."""
    return [
        int(process.name)
        for process in PROC.iterdir()
        if process.name.isdecimal() and any(_is_in(_target(process / name), folder) for name in ("cwd", "root"))
    ]


def mounts_below(mountinfo: str, folder: Path) -> list[Path]:
    """Mount points in *folder*, the innermost first (proc(5): field 5, with blanks as octal numbers)."""
    words = [line.split(" ")[4] for line in mountinfo.splitlines()]
    points = [Path(ESCAPED.sub(lambda found: chr(int(found[1], 8)), word)) for word in words]
    return sorted({point for point in points if folder in point.parents}, reverse=True)


def _end_dwellers(folder: Path, end: float) -> None:
    looks = 0
    while looks < CLEAN_LOOKS and time.monotonic() < end:
        found = dwellers(folder)
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        looks = 0 if found else looks + 1
        if looks < CLEAN_LOOKS:
            time.sleep(LOOK_SECONDS)


def _target(link: Path) -> Path | None:
    """None for a process that ended, is a zombie, or another user's."""
    try:
        return Path(os.readlink(link).removesuffix(" (deleted)"))  # noqa: PTH115
    except OSError:
        return None


def _is_in(path: Path | None, folder: Path) -> bool:
    return path is not None and (path == folder or folder in path.parents)


def _remove_if_nobody_s(folder: Path) -> None:
    """Of a warden that was killed itself, or whose host went down."""
    try:
        held = _lock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    remove(folder, LEFT_SECONDS)
    os.close(held)


@contextlib.contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    held = _lock(folder, how)
    try:
        yield
    finally:
        os.close(held)


def _lock(folder: Path, how: int) -> int:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, how)
    except OSError:
        os.close(held)
        raise
    return held


def _complaint(*argv: str | Path) -> str:
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stderr.strip()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
