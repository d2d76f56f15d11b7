"""``audio-rtsp events``: what happened, from the journal of the running program, or of the one that ran last."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import click

from audio_rtsp.cli.answer import say, say_json
from audio_rtsp.cli.configured import configuration_of
from audio_rtsp.cli.places import Places
from audio_rtsp.cli.records import state_folder
from audio_rtsp.config.settings import LOG_LEVEL
from audio_rtsp.errors import NotReadable, why
from audio_rtsp.events.journal import FILE, read_journal
from audio_rtsp.events.journal_entry import JournalEntry, render_entry
from audio_rtsp.events.log_line import render_line
from audio_rtsp.events.severity import least_severity, severity_of

ALL = 1_000_000
NEWEST = 20


@click.command()
@click.argument("name", required=False)
@click.option("-n", "--newest", type=click.IntRange(1, ALL), default=NEWEST, metavar="N", help="How many (20).")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def events(places: Places, name: str | None, newest: int, as_json: bool) -> None:
    """What happened last, oldest first; with NAME only to that stream (or to: server, service).

    Also while nothing runs, and after a restart. The log files hold the same words; LOG_LEVEL holds here, too.
    """
    folder = state_folder(places)
    try:
        entries = read_journal(folder, ALL)
    except OSError as error:
        raise NotReadable(str(folder / FILE), why(error)) from None
    found = [entry for entry in entries if not name or entry.event.subject == name]
    if as_json:
        say_json([json.loads(render_entry(entry)) for entry in found[-newest:]])
        return
    least = least_severity(configuration_of(places).service[LOG_LEVEL])
    lines = [_line(entry) for entry in found if severity_of(entry.event) >= least]
    say("\n".join(lines[-newest:]) or _nothing(name, entries))


def _nothing(name: str | None, entries: Sequence[JournalEntry]) -> str:
    subjects = ", ".join(sorted({entry.event.subject for entry in entries}))
    if name and subjects:
        return f"nothing is written down about {name}; there is something about: {subjects}"
    return "nothing has been written down yet"


def _line(entry: JournalEntry) -> str:
    times = f" … {entry.times} times" if entry.times > 1 else ""
    return render_line(datetime.fromtimestamp(entry.time), severity_of(entry.event), f"{entry.event}{times}")
