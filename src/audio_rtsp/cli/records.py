"""What was written down: where the running program does it, else where one did."""

from __future__ import annotations

import contextlib
from pathlib import Path

from audio_rtsp.cli.answer import tell
from audio_rtsp.cli.places import Places
from audio_rtsp.control.client import ask
from audio_rtsp.errors import NotRunning
from audio_rtsp.events.account import Loss
from audio_rtsp.events.account_file import load_account


def state_folder(places: Places) -> Path:
    """The state folder that counts."""
    with contextlib.suppress(NotRunning):
        return Path(ask(places.control_socket, "status")["state_folder"])
    return places.memory


def losses(places: Places, name: str) -> dict[str, Loss]:
    """What the stream *name* lost, by day; the file may be an hour behind a running program, so that is asked first."""
    with contextlib.suppress(NotRunning):
        days = ask(places.control_socket, "history", name)["days"]
        return {day: Loss(*loss) for day, loss in days.items()}
    loaded = load_account(places.memory)
    if loaded.complaint:
        tell(loaded.complaint)
    return dict(loaded.account.days(name))
