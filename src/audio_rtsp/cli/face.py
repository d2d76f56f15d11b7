"""What ``run`` shows: a table that updates on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import IO, cast

from audio_rtsp.cli.answer import can_redraw, in_typed_words
from audio_rtsp.cli.patient_output import PatientOutput
from audio_rtsp.cli.stream_table import password_note, render_streams, without_microphone
from audio_rtsp.events.event import Event
from audio_rtsp.events.severity import Severity
from audio_rtsp.service import Face
from audio_rtsp.status import Status
from audio_rtsp.stream_state import StreamState

REFRESH = 0.5
RECENT = 6
PRIORITIES = {Severity.DEBUG: 7, Severity.INFO: 6, Severity.WARNING: 4, Severity.ERROR: 3}
"""syslog(3)"""
FIRST_LOOK = 5.0
"""Seconds after which devices have been looked for, also where one takes its time to answer."""


@contextmanager
def make_face() -> Iterator[Face]:
    """The face for this standard output; one that nobody reads holds up no stream."""
    with closing(PatientOutput(sys.stdout)) as output, closing(PatientOutput(sys.stderr)) as talk:
        if is_journal():
            yield _journal_lines(output)
        elif can_redraw(output):
            with _live_table(output) as face:
                yield face
        else:
            yield _plain_lines(output, talk)


def is_journal() -> bool:
    """Whether standard output goes to systemd's journal (systemd.exec(5), $JOURNAL_STREAM)."""
    try:
        there = os.fstat(sys.stdout.fileno())
    except OSError:  # no file at all
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"


def _journal_lines(output: PatientOutput) -> Face:
    """The lines of the log files, with their severity as systemd reads it (sd-daemon(3)); time is the journal's."""

    def on_line(severity: Severity, text: str) -> None:
        output.write(f"<{PRIORITIES[severity]}>{text}\n")

    return Face(on_event=_nothing, on_ready=_nothing, on_line=on_line, on_complaint=_nothing)


def _nothing(_: object) -> None:
    """It is shown elsewhere."""


def _plain_lines(output: PatientOutput, talk: PatientOutput) -> Face:
    urls: dict[str, str] = {}
    snapshots: list[Callable[[], Status]] = []

    def on_event(event: Event) -> None:
        if event.after is StreamState.LIVE and snapshots:
            urls.update((one.name, one.url) for one in snapshots[0]().streams)
        url = f"  {urls.get(event.subject, '')}" if event.after is StreamState.LIVE else ""
        output.write(f"{event}{url}\n")

    def tell(text: str) -> None:
        talk.write(in_typed_words(text) + "\n")

    def on_ready(snapshot: Callable[[], Status]) -> None:
        snapshots.append(snapshot)
        now = snapshot()
        for line in (f"logs: {now.log_folder}", *password_note(now.as_json())):
            tell(line)
        asyncio.get_running_loop().call_later(FIRST_LOOK, _tell_without_microphone, snapshot, tell)

    return Face(on_event=on_event, on_ready=on_ready, on_complaint=tell)


def _tell_without_microphone(snapshot: Callable[[], Status], tell: Callable[[str], None]) -> None:
    for line in without_microphone(snapshot().as_json()["streams"]):
        tell(line)


@contextmanager
def _live_table(output: PatientOutput) -> Iterator[Face]:
    """Drawn anew twice a second; the last events stand below it."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(file=cast(IO[str], output))
    recent: deque[str] = deque(maxlen=RECENT)
    with Live(Text("starting …"), console=console, auto_refresh=False) as live:

        def draw(snapshot: Callable[[], Status]) -> None:
            table = render_streams(snapshot().as_json(), console.width)
            lines = (table, "", *recent, "", f"Ctrl-C ends it; logs: {snapshot().log_folder}")
            live.update(Text("\n".join(lines)), refresh=True)
            asyncio.get_running_loop().call_later(REFRESH, draw, snapshot)

        yield Face(on_event=lambda event: recent.append(str(event)), on_ready=draw, on_complaint=_nothing)
        live.update(Text("stopped"), refresh=True)
