"""Where the files of this run are: as root the machine's own folders, as a user those of the XDG base directories."""

from __future__ import annotations

import contextlib
import os
import pwd
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SERVICE_RUNTIME = Path("/run/audio-rtsp")
USERS_RUNTIMES = ("/run/user/", "/tmp/audio-rtsp-")
"""Where a user's programs keep such things, with and without a login session; the user's number follows."""
SOCKET = "control.sock"
SERVICE_STATE = Path("/var/lib/audio-rtsp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders of one run; ``root`` is where /proc and /sys are read."""

    root: Path
    config: Path
    state: Path
    logs: Path
    runtime: Path
    caller: int | None = None
    """The user who called with sudo."""

    @property
    def is_foreign(self) -> bool:
        """Whether another machine's tree is read."""
        return self.root != Path("/")

    @property
    def control_socket(self) -> Path:
        """Where a running supervisor answers: this user's own, the machine's service, the caller's of sudo."""
        from audio_rtsp.control.client import is_listening

        own = self.runtime / SOCKET
        if self.is_foreign:
            return own
        every = dict.fromkeys((self.runtime, SERVICE_RUNTIME, *self._callers_folders()))
        there = [folder / SOCKET for folder in every if (folder / SOCKET).exists()]
        alive = (one for one in there if len(there) > 1 and is_listening(one))  # one may be left of a killed program
        return next(alive, there[0] if there else own)

    def _callers_folders(self) -> Iterator[Path]:
        """In /tmp anybody may have made it."""
        for base in USERS_RUNTIMES if self.caller is not None else ():
            folder = Path(f"{base}{self.caller}")
            with contextlib.suppress(OSError):
                if folder.lstat().st_uid == self.caller:
                    yield folder / "audio-rtsp"

    def own_runs(self) -> list[str]:
        """The users whose own programs root does not find, since he did not come from them with sudo."""
        if self.is_foreign or self.runtime != SERVICE_RUNTIME:
            return []
        folders = [found for base in USERS_RUNTIMES for found in Path("/").glob(f"{base.lstrip('/')}[0-9]*")]
        return sorted(name for folder in folders if (name := _owner_of_run(folder)))

    @property
    def memory(self) -> Path:
        """What is remembered: by this user's own program or the machine's service, whichever ran last."""
        return self.state if self.is_foreign else max(self.state, SERVICE_STATE, key=_last_written)


def _last_written(state: Path) -> float:
    """By its journal, which every run grows but one that fails as the last did; 0.0 = no program ran there."""
    from audio_rtsp.events.journal import FILE

    with contextlib.suppress(OSError):
        return (state / FILE).stat().st_mtime
    return 0.0


def _owner_of_run(folder: Path) -> str:
    """In /tmp anybody may have made it: it counts only for who owns it."""
    with contextlib.suppress(OSError, KeyError):
        owner = folder.lstat().st_uid
        if folder.name.endswith(str(owner)) and (folder / "audio-rtsp" / SOCKET).exists():
            return pwd.getpwuid(owner).pw_name
    return ""


def places_for(*, root: Path, config: Path | None, environ: Mapping[str, str], is_root: bool) -> Places:
    """Decide the folders; ``AUDIO_RTSP_CONFIG_DIR`` and ``--config-dir`` name the configuration's.

    A systemd unit names those that it made (systemd.exec(5), StateDirectory=).
    """
    chosen = config or (Path(environ["AUDIO_RTSP_CONFIG_DIR"]) if environ.get("AUDIO_RTSP_CONFIG_DIR") else None)
    if root != Path("/") or is_root:
        return Places(
            root=root,
            config=chosen or root / "etc/audio-rtsp",
            state=root / "var/lib/audio-rtsp",
            logs=root / "var/log/audio-rtsp",
            runtime=root / "run/audio-rtsp",
            caller=int(environ["SUDO_UID"]) if is_root and environ.get("SUDO_UID", "").isdecimal() else None,
        )
    home = Path(environ.get("HOME") or "/nonexistent")
    runtime = environ.get("XDG_RUNTIME_DIR") or f"{USERS_RUNTIMES[-1]}{os.getuid()}"
    state = Path(environ.get("XDG_STATE_HOME") or home / ".local/state") / "audio-rtsp"
    return Places(
        root=root,
        config=chosen or Path("/etc/audio-rtsp"),
        state=Path(environ.get("STATE_DIRECTORY") or state),
        logs=Path(environ.get("LOGS_DIRECTORY") or state / "log"),
        runtime=Path(environ.get("RUNTIME_DIRECTORY") or Path(runtime) / "audio-rtsp"),
    )
