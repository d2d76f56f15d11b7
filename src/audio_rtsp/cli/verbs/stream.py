"""``audio-rtsp stream``: what the running program says of its streams."""

from __future__ import annotations

import contextlib
import shlex
from typing import Any

import click

from audio_rtsp.cli.answer import in_typed_words, say, say_json, tell
from audio_rtsp.cli.places import Places
from audio_rtsp.cli.records import losses
from audio_rtsp.cli.stream_facts import stream_facts
from audio_rtsp.cli.stream_table import password_note, render_streams
from audio_rtsp.cli.stream_watch import watch_streams
from audio_rtsp.cli.table import render_table
from audio_rtsp.cli.verb_group import VerbGroup
from audio_rtsp.control.client import ask, order
from audio_rtsp.errors import NoSuchStream, NotRunning, NotUsb


@click.group(cls=VerbGroup)
def stream() -> None:
    """The streams of the running program."""


@stream.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--watch", "is_watch", is_flag=True, help="Again and again, until Ctrl-C.")
@click.pass_obj
def list_(places: Places, as_json: bool, is_watch: bool) -> None:
    """All streams, their states and URLs."""
    if is_watch:
        watch_streams(places, as_json=as_json)
        return
    status = ask(places.control_socket, "status")
    if as_json:
        say_json(status["streams"])
    else:
        say(render_streams(status))


@stream.command("watch")
@click.option("--json", "as_json", is_flag=True, help="One snapshot a line.")
@click.pass_obj
def watch_(places: Places, as_json: bool) -> None:
    """The list of streams with their levels, twice a second, until Ctrl-C."""
    watch_streams(places, as_json=as_json)


@stream.command()
@click.argument("name")
@click.pass_obj
def restart(places: Places, name: str) -> None:
    """Begin again with capture and encoder of one stream."""
    _find(places, name)
    order(places.control_socket, "restart", name)
    say(f"{name} is restarted")


@stream.command("usb-reset")
@click.argument("name")
@click.pass_obj
def usb_reset(places: Places, name: str) -> None:
    """Ask the monitor to reset the USB device of NAME, as if it were pulled and put back."""
    if not _find(places, name)["identity"].startswith("usb_"):
        raise NotUsb(name)
    answer = order(places.control_socket, "usb-reset", name)
    say(f"{name}: noted; {answer['note']}")


@stream.command()
@click.argument("name")
@click.option("--commands", is_flag=True, help="Only the two command lines, to be pasted.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def show(places: Places, name: str, commands: bool, as_json: bool) -> None:
    """Everything about one stream."""
    one = _find(places, name)
    if as_json:
        say_json(one)
    elif commands:
        say(" | \\\n".join(shlex.join(argv) for argv in one["commands"]))
    else:
        say(in_typed_words("\n".join(f"{key:<18}{text}" for key, text in stream_facts(one))))


@stream.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def history(places: Places, name: str, as_json: bool) -> None:
    """Seconds of sound that NAME lost, by day; also while nothing runs."""
    days = losses(places, name)
    if not days:
        _find_running(places, name)
    if as_json:
        say_json([{"day": day, "lost": loss.lost, "filled": loss.filled} for day, loss in sorted(days.items())])
    elif not days:
        say(f"{name} has lost nothing")
    else:
        rows = [(day, f"{loss.lost:.1f}", f"{loss.filled:.1f}") for day, loss in sorted(days.items())]
        say(render_table(("day", "seconds lost", "of these filled with silence"), rows))


@stream.command()
@click.argument("name", required=False)
@click.pass_obj
def url(places: Places, name: str | None) -> None:
    """Where to listen: one URL, or all of them."""
    status = ask(places.control_socket, "status")
    for one in [_found(status, name)] if name else status["streams"]:
        say(one["url"])
    for note in password_note(status):
        tell(note)


def _find_running(places: Places, name: str) -> None:
    """A stream without losses is known to the running program alone; without one, nobody can tell a wrong name."""
    with contextlib.suppress(NotRunning):
        _find(places, name)


def _find(places: Places, name: str) -> dict[str, Any]:
    return _found(ask(places.control_socket, "status"), name)


def _found(status: dict[str, Any], name: str) -> dict[str, Any]:
    streams: list[dict[str, Any]] = status["streams"]
    found = next((one for one in streams if one["name"] == name), None)
    if found is None:
        raise NoSuchStream(name, [one["name"] for one in streams])
    return found
