"""What ``run`` shows: a table that updates on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from audio_rtsp.cli.answer import say, tell
from audio_rtsp.cli.stream_table import render_streams, without_microphone
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
    """The face for this standard output."""
    if is_journal():
        yield _journal_lines()
    elif sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        with _live_table() as face:
            yield face
    else:
        yield _plain_lines()


def is_journal() -> bool:
    """Whether standard output goes to systemd's journal (systemd.exec(5), $JOURNAL_STREAM)."""
    try:
        there = os.fstat(sys.stdout.fileno())
    except OSError:  # no file at all
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"


def _journal_lines() -> Face:
    """The lines of the log files, with their severity as systemd reads it (sd-daemon(3)); time is the journal's."""

    def on_line(severity: Severity, text: str) -> None:
        with contextlib.suppress(OSError):
            os.write(sys.stdout.fileno(), f"<{PRIORITIES[severity]}>{text}\n".encode(errors="backslashreplace"))

    return Face(on_event=_nothing, on_ready=_nothing, on_line=on_line, on_complaint=_nothing)


def _nothing(_: object) -> None:
    """It is shown elsewhere."""


def _plain_lines() -> Face:
    urls: dict[str, str] = {}
    snapshots: list[Callable[[], Status]] = []

    def on_event(event: Event) -> None:
        if event.after is StreamState.LIVE and snapshots:
            urls.update((one.name, one.url) for one in snapshots[0]().streams)
        url = f"  {urls.get(event.subject, '')}" if event.after is StreamState.LIVE else ""
        say(f"{event}{url}")
        sys.stdout.flush()

    def on_ready(snapshot: Callable[[], Status]) -> None:
        snapshots.append(snapshot)
        asyncio.get_running_loop().call_later(FIRST_LOOK, _tell_without_microphone, snapshot)

    return Face(on_event=on_event, on_ready=on_ready, on_complaint=tell)


def _tell_without_microphone(snapshot: Callable[[], Status]) -> None:
    for line in without_microphone(snapshot().as_json()["streams"]):
        tell(line)


@contextmanager
def _live_table() -> Iterator[Face]:
    """Drawn anew twice a second; the last events stand below it."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console()
    recent: deque[str] = deque(maxlen=RECENT)
    with Live(Text("starting …"), console=console, auto_refresh=False) as live:

        def draw(snapshot: Callable[[], Status]) -> None:
            table = render_streams(snapshot().as_json(), console.width)
            lines = (table, "", *recent, "", "Ctrl-C ends it")
            live.update(Text("\n".join(lines)), refresh=True)
            asyncio.get_running_loop().call_later(REFRESH, draw, snapshot)

        yield Face(on_event=lambda event: recent.append(str(event)), on_ready=draw, on_complaint=_nothing)
        live.update(Text("stopped"), refresh=True)
