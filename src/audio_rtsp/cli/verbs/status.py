"""``audio-rtsp status``: what is true now; without a running program, what the machine and the files say."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from audio_rtsp.cli.answer import in_typed_words, say, say_json, tell
from audio_rtsp.cli.places import Places
from audio_rtsp.cli.stream_table import render_streams, server_words
from audio_rtsp.control.client import ask
from audio_rtsp.errors import NotRunning
from audio_rtsp.server.mediamtx.conf_files import ConfFiles
from audio_rtsp.stream_state import WELL

PARTLY = 5
FEW = 100
"""Of the last events, among which the end of its last run is."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """The server, the streams and what is wrong. Exit status: 0 well, 5 partly, 3 not running, 4 no answer."""
    places: Places = ctx.obj
    try:
        now = ask(places.control_socket, "status")
    except NotRunning as error:
        _tell_without_program(places, error, as_json=as_json)
        ctx.exit(error.exit_code)
    now["complaints"] += ConfFiles.under(places.root).read_complaints()
    if as_json:
        say_json(now)
    else:
        say(_headline(now))
        for line in (*_losses(now), f"logs: {now['log_folder']}"):
            say(in_typed_words(line))
        say("")
        say(render_streams(now))
    is_well = now["server"]["is_up"] and all(one["state"] in WELL for one in now["streams"])
    ctx.exit(0 if is_well and now["streams"] else PARTLY)


def _headline(now: dict[str, Any]) -> str:
    server = now["server"]
    counts = Counter(one["state"] for one in now["streams"])
    told = ", ".join(f"{count} {state.lower()}" for state, count in counts.items()) or "no streams"
    return f"audio-rtsp runs (pid {now['pid']}): {told}; {server_words(server)} on port {server['rtsp_port']}"


def _losses(now: dict[str, Any]) -> list[str]:
    seconds = {one["name"]: one["lost_today_seconds"] for one in now["streams"]}
    lost = ", ".join(f"{name} {lost:.1f} s" for name, lost in seconds.items() if lost >= 0.1)
    return [f"lost today: {lost}; other days: audio-rtsp stream history NAME"] if lost else []


def _tell_without_program(places: Places, error: NotRunning, *, as_json: bool) -> None:
    from audio_rtsp.cli.configured import configuration_of
    from audio_rtsp.cli.table import render_table
    from audio_rtsp.devices.listing import HEADER, device_row, device_value
    from audio_rtsp.devices.look import look
    from audio_rtsp.devices.memory_file import load_memory

    configuration = configuration_of(places)
    loaded = load_memory(places.memory)
    roster = look(places.root, configuration, loaded.memory).roster
    if as_json:
        say_json({"running": False, "devices": [device_value(one) for one in roster.devices]})
        return
    say(error.what)
    say(
        render_table(HEADER, [device_row(one) for one in roster.devices]) if roster.devices else "no sound card is here"
    )
    settings = (*configuration.complaints, *configuration.warnings)
    for complaint in (*settings, *loaded.complaints, *ConfFiles.under(places.root).read_complaints()):
        tell(str(complaint))
    for line in _last_failure(places):
        tell(line)
    for user in places.own_runs():
        tell(f"{user} may run audio-rtsp himself; as {user}: audio-rtsp status")
    tell(f"fix: {error.fix}")


def _last_failure(places: Places) -> Iterator[str]:
    """Why its last run ended, where nobody ended it: systemd tries again and again, and each time is soon over."""
    from audio_rtsp.events.journal import read_journal

    with contextlib.suppress(OSError):
        for entry in reversed(read_journal(places.memory, FEW)):
            if entry.event.subject == "service" and entry.event.after in ("started", "stopped", "failed"):
                if entry.event.after == "failed":
                    yield f"it failed at {datetime.fromtimestamp(entry.time):%Y-%m-%d %H:%M:%S}: {entry.event.cause}"
                return
