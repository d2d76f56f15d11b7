"""How bad an event is. Pure."""

from __future__ import annotations

from enum import IntEnum

from audio_rtsp.config.settings import LogLevel
from audio_rtsp.events.event import WORTH_A_WORD, Event


class Severity(IntEnum):
    """The words of the log files, in their order."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


OF_STATE = {
    "LIVE": Severity.INFO,
    "STOPPED": Severity.INFO,
    "WAITING": Severity.INFO,
    "STARTING": Severity.DEBUG,
    "FILLING": Severity.WARNING,
    "BUSY": Severity.WARNING,
    "SILENT": Severity.WARNING,
    "BACKOFF": Severity.WARNING,
    "COOLDOWN": Severity.WARNING,
    "AWAY": Severity.WARNING,
    "RESTARTED": Severity.WARNING,
    "REFUSED": Severity.ERROR,
    "FAILED": Severity.ERROR,
}


def severity_of(event: Event) -> Severity:
    """By the new state; lost sound is worth a warning, unless the event is the good end of it."""
    severity = OF_STATE.get(event.after.upper(), Severity.INFO)
    is_good_end = event.is_change and event.after == "LIVE"
    return max(severity, Severity.WARNING) if event.lost >= WORTH_A_WORD and not is_good_end else severity


def least_severity(level: LogLevel) -> Severity:
    """What LOG_LEVEL lets through: this and all that is worse."""
    return Severity[level.name]
