"""How bad an event is. Pure."""

from __future__ import annotations

from enum import IntEnum

from audio_rtsp.config.settings import LogLevel
from audio_rtsp.events.event import WORTH_A_WORD, Event
from audio_rtsp.stream_state import StreamState


class Severity(IntEnum):
    """The words of the log files, in their order."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


OF_STATE: dict[str, Severity] = {
    StreamState.LIVE: Severity.INFO,
    StreamState.STOPPED: Severity.INFO,
    StreamState.WAITING: Severity.INFO,
    StreamState.STARTING: Severity.DEBUG,
    StreamState.FILLING: Severity.WARNING,
    StreamState.BUSY: Severity.WARNING,
    StreamState.SILENT: Severity.WARNING,
    StreamState.BACKOFF: Severity.WARNING,
    StreamState.COOLDOWN: Severity.WARNING,
    StreamState.REFUSED: Severity.ERROR,
    "AWAY": Severity.WARNING,
    "RESTARTED": Severity.WARNING,
    "NOT STARTED": Severity.WARNING,
    "FAILED": Severity.ERROR,
}
"""The last four are the server's and a bug's."""


def severity_of(event: Event) -> Severity:
    """By the new state; lost sound is worth a warning, unless the event is the good end of it."""
    severity = OF_STATE.get(event.after.upper(), Severity.INFO)
    is_good_end = event.is_change and event.after == StreamState.LIVE
    return max(severity, Severity.WARNING) if event.lost >= WORTH_A_WORD and not is_good_end else severity


def least_severity(level: LogLevel) -> Severity:
    """What LOG_LEVEL lets through: this and all that is worse."""
    return Severity[level.name]
