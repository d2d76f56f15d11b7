"""What is written down of all that happens: logs, journal, account. It costs no sound, whatever the disk does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from audio_rtsp.config.settings import LogLevel
from audio_rtsp.events.account import Loss, Totals, day_of
from audio_rtsp.events.account_file import AccountFile
from audio_rtsp.events.event import Event
from audio_rtsp.events.journal import Journal
from audio_rtsp.events.logs import Echo, Logs, no_echo
from audio_rtsp.events.severity import Severity

HOUR = 3600.0
"""Seconds until a complaint that goes and comes is said again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderPlaces:
    """LOG_DIR, and the state folder."""

    logs: Path
    state: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Both in seconds; the wall clock is printed, the monotonic one counts."""

    wall: Callable[[], float]
    monotonic: Callable[[], float]


class Recorder:
    """No method raises. *say* gets each new complaint once, for where no file is needed (standard error); *echo* gets
    each line of the log files, for systemd's journal.
    """

    def __init__(
        self,
        places: RecorderPlaces,
        level: LogLevel,
        clocks: Clocks,
        say: Callable[[str], object],
        echo: Echo = no_echo,
    ) -> None:
        self._clocks = clocks
        self._say = say
        self._said: dict[str, float] = {}
        self._bugs: dict[str, str] = {}
        self._totals = Totals()
        self._logs = Logs(places.logs, level, echo)
        self._journal = Journal(places.state)
        self._account = AccountFile(places.state)

    def note(self, event: Event) -> None:
        """Write down what happened."""
        wall, monotonic = self._now()
        self._guard("logs", lambda: self._logs.write(event, wall, monotonic))
        self._guard("journal", lambda: self._journal.note(event, wall, monotonic))

    def note_end(self, event: Event) -> None:
        """Write down how it ended, once: a unit that fails at every start must not push all that was before out of the
        journal, nor fill the disk.
        """
        if event != self._journal.last():
            self.note(event)

    def tell(self, severity: Severity, subject: str, text: str) -> None:
        """Write a sentence into the logs; *subject* as in Event."""
        self._guard("logs", lambda: self._logs.write_text(severity, subject, text, *self._now()))

    def count(self, stream: str, lost_seconds: float, filled_seconds: float) -> None:
        """Note the counters of a stream since it began; what is new goes into the account of today."""
        total = Loss(lost_seconds, filled_seconds)
        self._guard("account", lambda: self._count(stream, total))

    def days(self, stream: str) -> Mapping[str, Loss]:
        """What *stream* lost, by day; also while another thread counts."""
        return self._account.account.days(stream)

    def loss(self, stream: str, day: str, total: Loss) -> Loss:
        """What *stream* lost on that day; what came into its counters (*total*) since they were noted is of that day.

        In this order: what another thread counts meanwhile is not counted twice.
        """
        return self._account.account.loss(stream, day) + self._totals.uncounted(stream, total)

    def tick(self) -> None:
        """Once a second or so: write what is due, say what is wrong."""
        wall, monotonic = self._now()
        self._guard("logs", lambda: self._logs.tick(wall, monotonic))
        self._guard("journal", lambda: self._journal.tick(wall, monotonic))
        self._guard("account", lambda: self._account.tick(monotonic))
        self._say_complaints(monotonic)

    def reopen(self) -> None:
        """The log files were moved away."""
        self._guard("logs", self._logs.reopen)

    def set_level(self, level: LogLevel) -> None:
        """LOG_LEVEL was changed."""
        self._logs.level = level

    def close(self) -> None:
        """Write everything that waits."""
        wall, monotonic = self._now()
        self._guard("logs", lambda: self._logs.close(wall, monotonic))
        self._guard("journal", lambda: self._journal.close(wall, monotonic))
        self._guard("account", self._account.close)

    def complaints(self) -> tuple[str, ...]:
        """What cannot be written down now, and why."""
        files = (*self._logs.complaints(), *self._journal.complaints(), *self._account.complaints())
        return (*files, *self._bugs.values())

    def _count(self, stream: str, total: Loss) -> None:
        self._account.add(stream, day_of(self._clocks.wall()), self._totals.growth(stream, total))

    def _say_complaints(self, monotonic: float) -> None:
        complaints = self.complaints()
        self._said = {one: at for one, at in self._said.items() if one in complaints or monotonic - at < HOUR}
        for complaint in complaints:
            if complaint not in self._said:
                self._said[complaint] = monotonic
                self.tell(Severity.WARNING, "service", complaint)
                self._guard("standard error", partial(self._say, complaint))

    def _guard(self, part: str, work: Callable[[], object]) -> None:
        """The bulkhead: a bug in one part is told, and costs neither the others nor the sound anything."""
        try:
            work()
        except Exception as bug:  # noqa: BLE001
            self._bugs[part] = f"{part}: a bug: {bug!r}"

    def _now(self) -> tuple[float, float]:
        return self._clocks.wall(), self._clocks.monotonic()
