"""The three log files of the service, and what goes into which."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import inf
from pathlib import Path

from audio_rtsp.config.settings import LogLevel
from audio_rtsp.events.event import Event
from audio_rtsp.events.log_file import LogFile
from audio_rtsp.events.log_line import MINUTE, printable, render_again, render_line
from audio_rtsp.events.repetition import Repeated, Repetition
from audio_rtsp.events.severity import Severity, least_severity, severity_of

STREAMS, SERVICE, ERRORS = "audio-streams.log", "service.log", "service-error.log"
Echo = Callable[[Severity, str], object]
"""Gets what is written, without time and severity."""


def no_echo(severity: Severity, text: str) -> None:
    """Nobody else is to hear it."""


@dataclass(frozen=True, slots=True)
class _Saying:
    severity: Severity
    event: Event


class Logs:
    """Writes each event as one line; wall-clock times are printed, monotonic ones count. *echo* must not raise."""

    def __init__(self, folder: Path, level: LogLevel, echo: Echo = no_echo) -> None:
        self.level = level
        self._echo = echo
        self._folder = folder
        self._streams, self._service, self._errors = (LogFile(folder / name) for name in (STREAMS, SERVICE, ERRORS))
        self._files = (self._streams, self._service, self._errors)
        self._repetition: Repetition[_Saying] = Repetition(_merge)
        self._mended_at = -inf
        self.reopen()

    def write(self, event: Event, wall_time: float, monotonic: float) -> None:
        """Write *event*, unless LOG_LEVEL is above it or the same was written within a minute."""
        self._say(_Saying(severity_of(event), event), wall_time, monotonic)

    def write_text(self, severity: Severity, subject: str, text: str, wall_time: float, monotonic: float) -> None:
        """Write a sentence about a stream, ``server``, ``service`` or ``configuration``."""
        self._say(_Saying(severity, Event(subject=subject, before="", after="", cause=text)), wall_time, monotonic)

    def tick(self, wall_time: float, monotonic: float) -> None:
        """Write the counters whose minute is over; once a minute, look whether a bad disk is well again."""
        self._append_counted(self._repetition.take_due(monotonic), wall_time)
        if monotonic - self._mended_at >= MINUTE:
            self._mended_at = monotonic
            for file in self._files:
                file.mend(partial(_render_gap, wall_time))

    def reopen(self) -> None:
        """After a rotation or a mended disk: begin new files; the next tick looks which are well again."""
        self._mended_at = -inf
        for file in self._files:
            file.reopen()

    def close(self, wall_time: float, monotonic: float) -> None:
        """Write what is still counted."""
        self._append_counted(self._repetition.take_all(monotonic), wall_time)
        for file in self._files:
            file.close()

    def complaints(self) -> tuple[str, ...]:
        """One for each reason why files cannot be written now; the same words whichever files they are."""
        reasons = dict.fromkeys(file.trouble for file in self._files if file.trouble)
        return tuple(f"{self._folder}: a log cannot be written ({reason}); sound goes on" for reason in reasons)

    def _say(self, saying: _Saying, wall_time: float, monotonic: float) -> None:
        self.tick(wall_time, monotonic)
        if saying.severity < least_severity(self.level):
            return
        likeness = f"{saying.severity} {saying.event.likeness}"
        if self._repetition.is_new(likeness, saying, monotonic):
            self._append(saying, str(saying.event), wall_time)

    def _append_counted(self, counted: Iterable[Repeated[_Saying]], wall_time: float) -> None:
        for again in counted:
            text = render_again(str(again.value.event), again.count, again.seconds)
            self._append(again.value, text, wall_time)

    def _append(self, saying: _Saying, text: str, wall_time: float) -> None:
        line = render_line(datetime.fromtimestamp(wall_time), saying.severity, text)
        gap = partial(_render_gap, wall_time)
        (self._streams if saying.event.is_of_a_stream else self._service).append(line, gap)
        if saying.severity >= Severity.WARNING:
            self._errors.append(line, gap)
        self._echo(saying.severity, printable(text))


def _render_gap(wall_time: float, words: str) -> str:
    return render_line(datetime.fromtimestamp(wall_time), Severity.WARNING, f"service: {words}")


def _merge(earlier: _Saying, later: _Saying) -> _Saying:
    return _Saying(later.severity, later.event.plus(earlier.event))
