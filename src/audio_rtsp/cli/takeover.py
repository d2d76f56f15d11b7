"""After a change of the owner's files: the running program takes it over at once."""

from __future__ import annotations

from typing import Any

from audio_rtsp.cli.answer import tell
from audio_rtsp.cli.places import Places
from audio_rtsp.config.sources import CONFIG
from audio_rtsp.control.client import ask, order
from audio_rtsp.errors import NotAnswering, NotRunning


def take_over(places: Places) -> None:
    """Let a running audio-rtsp read its files again, and tell the owner what came of it."""
    try:
        answer = ask(places.control_socket, "reload")
    except NotRunning:
        for user in places.own_runs():
            tell(f"{user} may run audio-rtsp himself, and it has not read this; as {user}: audio-rtsp config reload")
        return
    except NotAnswering as error:
        tell(f"{error.what}; the change is written and takes effect when it starts anew")
        return
    for line in [answer["error"]] if "error" in answer else _outcome(places, answer):
        tell(line)


def reload_program(places: Places) -> list[str]:
    """The same when nothing else was asked for; returns what is wrong in the files. Raises as ``order``."""
    answer = order(places.control_socket, "reload")
    outcome = _outcome(places, answer)
    for line in outcome:
        tell(line)
    return [str(line) for line in answer["complaints"] if line not in outcome]


def _outcome(places: Places, answer: dict[str, Any]) -> list[str]:
    folder = answer["config"]
    if folder != str(places.config.absolute()):
        return [f"the running audio-rtsp reads {folder}: for it nothing has changed"]
    unread = [text for text in answer["complaints"] if text.startswith(f"{CONFIG}: cannot be read")]
    if unread:
        return ["the running audio-rtsp could not read it", *unread]
    waiting = answer.get("waiting", ())  # the program that runs may be older than this command
    return [f"the running audio-rtsp {'has read it' if waiting else 'took it over'}", *waiting]
