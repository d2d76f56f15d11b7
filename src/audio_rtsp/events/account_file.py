"""The file ``account.json`` in the state folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from audio_rtsp.config.owner_file import Unread, read_owner_file
from audio_rtsp.errors import why
from audio_rtsp.events.account import Account, Loss, parse_account, render_account
from audio_rtsp.host.atomic_file import write_atomic

FILE = "account.json"
LARGEST = 1 << 23
"""Bytes; all that may be kept are fewer."""

AFTERWARDS = (
    f"it will be set aside as {FILE}.broken, and the account begins anew; what was lost before: audio-rtsp events"
)

MINUTE, HOUR = 60.0, 3600.0
"""Seconds between two writes: the first, doubled each time while losses never cease; a device that is away for a week
costs 170 writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedAccount:
    """The account, empty where it could not be read, and what was wrong."""

    account: Account = field(default_factory=Account)
    complaint: str = ""


def load_account(folder: Path) -> LoadedAccount:
    """Read the state folder; changes nothing, never fails."""
    path = folder / FILE
    data = read_owner_file(path, LARGEST)
    if data is None:
        return LoadedAccount()
    try:
        if not isinstance(data, Unread):
            return LoadedAccount(account=parse_account(data))
        reason = f"cannot be read ({data.why})"
    except ValueError as error:
        reason = f"not as we write it ({error})"
    return LoadedAccount(complaint=f"{path}: {reason}; {AFTERWARDS}")


class AccountFile:
    """The account of one state folder, written now and then."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        loaded = load_account(folder)
        self.account = loaded.account
        self._broken = loaded.complaint
        self._is_to_set_aside = bool(loaded.complaint)
        self._trouble = ""
        self._is_changed = False
        self._pause = MINUTE
        self._not_before: float | None = None

    def add(self, stream: str, day: str, loss: Loss) -> None:
        """Count; the file follows at a tick."""
        if loss.lost or loss.filled:
            self.account.add(stream, day, loss)
            self._is_changed = True

    def tick(self, monotonic: float) -> None:
        """Write the file when it is due."""
        if self._not_before is not None and monotonic < self._not_before:
            return
        if not self._is_changed:
            self._pause = MINUTE
            return
        self._save()
        self._not_before = monotonic + (MINUTE if self._trouble else self._pause)
        self._pause = min(HOUR, 2 * self._pause)

    def close(self) -> None:
        """Write the file when anything changed."""
        if self._is_changed:
            self._save()

    def complaints(self) -> tuple[str, ...]:
        """What was wrong with the file, and why it cannot be written now."""
        return tuple(complaint for complaint in (self._broken, self._trouble) if complaint)

    def _save(self) -> None:
        try:
            self._set_aside()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self._path, render_account(self.account))
        except OSError as error:
            self._trouble = f"{self._path}: cannot be written ({why(error)}); sound goes on, and is counted"
            return
        self._trouble = ""
        self._is_changed = False

    def _set_aside(self) -> None:
        if self._is_to_set_aside and self._path.exists():
            self._path.replace(self._path.with_name(f"{FILE}.broken"))
        self._is_to_set_aside = False
