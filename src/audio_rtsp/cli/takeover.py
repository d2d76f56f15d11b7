"""After a change of the owner's files: the running program takes it over at once."""

from __future__ import annotations

import contextlib

from audio_rtsp.cli.answer import tell
from audio_rtsp.cli.places import Places
from audio_rtsp.control.client import ask
from audio_rtsp.errors import NotAllowed, NotAnswering, NotRunning


def take_over(places: Places) -> None:
    """Let a running audio-rtsp read its files again, and tell the owner what came of it."""
    with contextlib.suppress(NotRunning):
        try:
            answer = ask(places.control_socket, "reload")
        except NotAnswering as error:
            tell(f"{error.what}; the change is written and takes effect when it starts anew")
            return
        tell(answer.get("error") or _outcome(places, answer["config"]))


def reload_program(places: Places) -> list[str]:
    """The same when nothing else was asked for; returns what is wrong in the files. Raises NotRunning, NotAnswering."""
    answer = ask(places.control_socket, "reload")
    if "error" in answer:
        raise NotAllowed(answer["error"])
    tell(_outcome(places, answer["config"]))
    return [str(line) for line in answer["complaints"]]


def _outcome(places: Places, folder: str) -> str:
    if folder == str(places.config.absolute()):
        return "the running audio-rtsp took it over"
    return f"the running audio-rtsp reads {folder}: for it nothing has changed"
