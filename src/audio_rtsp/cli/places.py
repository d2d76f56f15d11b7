"""Where the files of this run are: as root the machine's own folders, as a user those of the XDG base directories."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SERVICE_RUNTIME = Path("/run/audio-rtsp")
SERVICE_STATE = Path("/var/lib/audio-rtsp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders of one run; ``root`` is where /proc and /sys are read."""

    root: Path
    config: Path
    state: Path
    logs: Path
    runtime: Path

    @property
    def is_foreign(self) -> bool:
        """Whether another machine's tree is read."""
        return self.root != Path("/")

    @property
    def control_socket(self) -> Path:
        """Where a running supervisor answers: this user's own, else the machine's service."""
        own, service = self.runtime / "control.sock", SERVICE_RUNTIME / "control.sock"
        return service if not self.is_foreign and not own.exists() and service.exists() else own

    @property
    def memory(self) -> Path:
        """What is remembered of devices: this user's own, else what the machine's service remembers."""
        is_own = self.is_foreign or self.state.exists() or not SERVICE_STATE.exists()
        return self.state if is_own else SERVICE_STATE


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
        )
    home = Path(environ.get("HOME") or "/nonexistent")
    runtime = environ.get("XDG_RUNTIME_DIR") or f"/tmp/audio-rtsp-{os.getuid()}"
    state = Path(environ.get("XDG_STATE_HOME") or home / ".local/state") / "audio-rtsp"
    return Places(
        root=root,
        config=chosen or Path("/etc/audio-rtsp"),
        state=Path(environ.get("STATE_DIRECTORY") or state),
        logs=Path(environ.get("LOGS_DIRECTORY") or state / "log"),
        runtime=Path(environ.get("RUNTIME_DIRECTORY") or Path(runtime) / "audio-rtsp"),
    )
