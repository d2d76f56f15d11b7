"""Where an installed MediaMTX's configuration stands: the owner's file, and the checked copy the server runs on."""

from __future__ import annotations

import contextlib
import grp
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.host.atomic_file import write_atomic
from audio_rtsp.server.mediamtx.remark import Remark

GROUP = "mediamtx"
FOLDER_MODE = 0o2755
"""Set-group-ID: a new copy is the server's to read before it has its name (inode(7))."""
SECRET_MODE = 0o640


@dataclass(frozen=True, slots=True)
class ConfFiles:
    """*owner* is the file that people edit; all else lies in ``checked/`` beside it and is written by us alone."""

    owner: Path

    @classmethod
    def under(cls, root: Path) -> ConfFiles:
        """Those of the machine whose tree is *root*."""
        return cls(root / "etc/mediamtx/mediamtx.yml")

    @property
    def checked(self) -> Path:
        """The copy that the server runs on; may hold the password of the readers."""
        return self.owner.parent / "checked/mediamtx.yml"

    @property
    def last_good(self) -> Path:
        """The copy that a server has run on, while :attr:`checked` is one that none has run on yet."""
        return self.owner.parent / "checked/last-good.yml"

    @property
    def complaints(self) -> Path:
        """Why the copy does not follow, a line each; not there when it does."""
        return self.owner.parent / "checked/complaints"

    @property
    def lock(self) -> Path:
        """One writer at a time."""
        return self.owner.parent / ".audio-rtsp.lock"

    @property
    def low_ports(self) -> Path:
        """What lets the server's unit open ports below 1024; installed only where one is wanted."""
        return self.owner.parent.parent / "systemd/system/mediamtx.service.d/low-ports.conf"

    def make_folders(self) -> None:
        """Make what is missing; the copy's folder belongs to the server's group where there is one."""
        folder = self.checked.parent
        self.owner.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.mkdir(mode=0o755, exist_ok=True)
        with contextlib.suppress(KeyError, PermissionError):
            group = grp.getgrnam(GROUP).gr_gid
            for path in (folder, *([self.checked] if self.checked.exists() else ())):
                os.chown(path, -1, group)
            folder.chmod(FOLDER_MODE)

    def said(self, remarks: Iterable[Remark]) -> tuple[str, ...]:
        """The remarks with the name of the owner's file and the line."""
        name = self.owner.name
        return tuple(f"{name}:{one.line}: {one.says}" if one.line else f"{name}: {one.says}" for one in remarks)

    def read_checked(self) -> str | None:
        """As :func:`read_copy`, of the one that the server runs on."""
        return read_copy(self.checked)

    def was_put_back(self, text: str) -> bool:
        """Whether a server did not come up on this very text."""
        with contextlib.suppress(OSError):
            return self._put_back.read_text() == _fingerprint(text)
        return False

    def remember_put_back(self, text: str) -> None:
        """Not to be tried again by itself."""
        write_atomic(self._put_back, _fingerprint(text).encode(), mode=SECRET_MODE)

    @property
    def _put_back(self) -> Path:
        return self.owner.parent / "checked/put-back"

    def read_complaints(self) -> tuple[str, ...]:
        """What :meth:`write_complaints` wrote last; none when nothing can be read."""
        with contextlib.suppress(OSError):
            return tuple(self.complaints.read_text(errors="replace").splitlines())
        return ()

    def write_complaints(self, lines: tuple[str, ...]) -> None:
        """Say why the copy does not follow, or that it does; written only when that is news."""
        if lines == self.read_complaints():
            return
        if lines:
            write_atomic(self.complaints, "".join(f"{line}\n" for line in lines).encode(), mode=0o644)
        else:
            self.complaints.unlink(missing_ok=True)


def read_copy(path: Path) -> str | None:
    """The text of a copy; None when there is none, or none that we may read."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text()
    return None


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
