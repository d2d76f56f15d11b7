"""``audio-rtsp mediamtx config``: the installed server's configuration, seen, checked and followed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audio_rtsp.cli.answer import in_typed_words, say, say_json, tell
from audio_rtsp.cli.places import Places
from audio_rtsp.errors import ConfigRefused
from audio_rtsp.server.mediamtx.find import USUAL_PLACE

if TYPE_CHECKING:
    from audio_rtsp.server.mediamtx.configuration import Followed, ServerConfiguration
    from audio_rtsp.server.mediamtx.overview import Overview


@click.command()
@click.option(
    "--check", "act", flag_value="check", help="Try the file as it is; nothing is changed. Exit status 78: bad."
)
@click.option("--follow", "act", flag_value="follow", help="Let the server take the file over (the units call this).")
@click.option("--settle", "act", flag_value="settle", help="After its start: give it the last good file if need be.")
@click.option("--show", "act", flag_value="show", default=True, help="Ports, who may listen, complaints (the default).")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def config(ctx: click.Context, act: str, as_json: bool) -> None:
    """See and check /etc/mediamtx/mediamtx.yml, which is yours to edit.

    The server runs on a checked copy: a line that cannot work changes nothing and is named here and in status.
    """
    places: Places = ctx.obj
    if act == "show":
        _show(places, as_json=as_json)
        return
    followed = _act(server_configuration(places), act)
    _say(followed, as_json=as_json)
    ctx.exit(ConfigRefused.exit_code if followed.complaints else 0)


def _act(whole: ServerConfiguration, act: str) -> Followed:
    if act == "settle":
        process = Path("/proc", os.environ.get("MAINPID", "self"))  # systemd.exec(5), "Environment variables set"
        return whole.settle(process.exists)
    return whole.check() if act == "check" else whole.follow()


def server_configuration(places: Places) -> ServerConfiguration:
    """The configuration of this machine's installed server."""
    from audio_rtsp.server.mediamtx.conf_files import ConfFiles
    from audio_rtsp.server.mediamtx.configuration import ServerConfiguration

    binary = str(places.root / USUAL_PLACE.lstrip("/"))
    return ServerConfiguration(ConfFiles.under(places.root), places.config, binary, os.environ)


def _say(followed: Followed, *, as_json: bool) -> None:
    if as_json:
        say_json({"complaints": list(followed.complaints), "hints": list(followed.hints)})
        return
    for hint in followed.hints:
        tell(hint)
    say(in_typed_words("\n".join(followed.complaints)) or "ok")


def _show(places: Places, *, as_json: bool) -> None:
    from audio_rtsp.server.mediamtx.conf_files import ConfFiles
    from audio_rtsp.server.mediamtx.overview import read_overview

    overview = read_overview(ConfFiles.under(places.root))
    if as_json:
        say_json(overview.as_json())
        return
    say(_table(overview))
    for complaint in overview.complaints:
        tell(complaint)


def _table(overview: Overview) -> str:
    from audio_rtsp.cli.table import render_table

    rows = [(name, str(port)) for name, port in overview.ports.items()]
    return render_table(("what", "value"), [*rows, ("listeners", overview.readers), ("file", overview.file)])
