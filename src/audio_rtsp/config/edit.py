"""Changing a file of the owner's: one writer at a time, whole or not at all, the old bytes kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from audio_rtsp.config.backup import back_up, backups_of, how_to_restore
from audio_rtsp.config.owner_file import Unread, read_owner_file
from audio_rtsp.config.secrecy import close_to_others, secrets
from audio_rtsp.config.sources import emptied
from audio_rtsp.config.wreck import no_text
from audio_rtsp.errors import NotReadable, NotWritable
from audio_rtsp.host.atomic_file import write_atomic
from audio_rtsp.host.lock import locked

LOCK = ".audio-rtsp.lock"


def change_file(path: Path, change: Callable[[bytes], bytes]) -> bool:
    """Write what *change* makes of the bytes of *path* (none when it is missing); False when that is the same.

    With a new password in it the file is no longer everybody's to read. What *change* raises passes through and
    nothing is written. Raises NotReadable and NotWritable.
    """
    _refuse_unreadable(path)
    target = path.resolve()
    try:
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        with locked(target.parent / LOCK):
            return _change(path, target, change)
    except OSError as error:
        raise NotWritable(str(path), error) from error


def _change(path: Path, target: Path, change: Callable[[bytes], bytes]) -> bool:
    before = _refuse_unreadable(path)
    after = change(before or b"")
    if after == (before or b""):
        return False
    if secrets(after).items() - secrets(before or b"").items():
        close_to_others(target, copies=[copy.path for copy in backups_of(path)])
    if before is not None:
        back_up(path, before)
    write_atomic(target, after)
    return True


def _refuse_unreadable(path: Path) -> bytes | None:
    data = read_owner_file(path)
    if isinstance(data, Unread):
        raise NotReadable(str(path), data.why, fix=data.fix)
    if data is not None and (fault := (emptied(path, data) if backups_of(path) else "") or no_text(data)):
        raise NotReadable(str(path), fault, fix=how_to_restore(path))
    return data
