"""Files that change whole or not at all: temporary file, fsync, rename, fsync of the directory."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

NEW_FILE_MODE = 0o644


def write_atomic(path: Path, data: bytes, *, mode: int | None = None, group: int | None = None) -> None:
    """Replace the content of *path*; owner and mode of a file that was there stay. *group* is given where we may,
    else no group has rights.

    A symbolic link stays a link: its target is replaced. Raises OSError; then the old content is untouched.
    """
    path = _target(path)
    with _in_place_of(path) as temporary:
        _write_new(temporary, data, _mode_for(path, mode))
        _keep_owner(path, temporary)
        if group is not None:
            _give(temporary, group)


def link_atomic(path: Path, target: str) -> None:
    """Make *path* a symbolic link to *target*, whatever file or link it was; raises OSError, then nothing changed."""
    with _in_place_of(path) as temporary:
        temporary.symlink_to(target)


@contextlib.contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """A name beside *path* for what the body makes, which then takes its place."""
    _remove_debris(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        temporary.rename(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_directory(path.parent)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _mode_for(path: Path, mode: int | None) -> int:
    if mode is not None:
        return mode
    try:
        return path.stat().st_mode & 0o7777
    except OSError:
        return NEW_FILE_MODE


def _give(file: Path, group: int) -> None:
    try:
        os.chown(file, -1, group)
    except PermissionError:
        file.chmod(file.stat().st_mode & 0o7707)


def _keep_owner(path: Path, temporary: Path) -> None:
    try:
        before, now = path.stat(), temporary.stat()
        if (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
            os.chown(temporary, before.st_uid, before.st_gid)
    except OSError:
        return  # the file is new, or not ours to give away


def make_folder(path: Path) -> None:
    """Make *path* and what is missing above it, for everybody to read whatever the umask; raises OSError."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o755)


def sync_directory(folder: Path) -> None:
    """Let the names in *folder* survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_debris(path: Path) -> None:
    """Remove temporary files of runs that died in the middle."""
    for left in path.parent.glob(f".{path.name}.*.*.tmp"):
        pid = left.name.rsplit(".", 3)[1]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            with contextlib.suppress(OSError):
                left.unlink()


def _target(path: Path) -> Path:
    """The file that a link of this name points at; Python before 3.13 has its own error for a loop of links."""
    try:
        return path.resolve()
    except RuntimeError:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None
