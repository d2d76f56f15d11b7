"""The recorder at work in a thread of its own: a disk that hangs holds up no stream."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from audio_rtsp.config.settings import LogLevel
from audio_rtsp.events.account import Loss, day_of
from audio_rtsp.events.event import Event
from audio_rtsp.events.recorder import Clocks, Recorder
from audio_rtsp.events.severity import Severity

MOST_WAITING = 10_000
"""Words that wait for a disk that hangs; what comes then is counted."""
HANGS = 10.0
"""Seconds of one write that are worth a complaint."""
CLOSE_LIMIT = 3.0
"""Seconds that the last words may take; a disk that hangs does not keep us from ending."""
REAL = Clocks(wall=time.time, monotonic=time.monotonic)


@dataclass(frozen=True, slots=True)
class _Work:
    wall: float
    monotonic: float
    do: Callable[[], object]


class RecorderThread:
    """Does everything in the order it came, with the time at which it came. No method waits but :meth:`close`."""

    def __init__(self, make: Callable[[Clocks], Recorder], clocks: Clocks = REAL) -> None:
        self._clocks = clocks
        self._at = self._now(lambda: None)
        self._recorder = make(Clocks(wall=lambda: self._at.wall, monotonic=lambda: self._at.monotonic))
        self._works: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._busy_since: float | None = None
        self._is_looking = False
        self._missed = 0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def note(self, event: Event) -> None:
        """Write down what happened."""
        self._put_word(lambda: self._recorder.note(event))

    def tell(self, severity: Severity, subject: str, text: str) -> None:
        """Write a sentence into the logs; *subject* as in Event."""
        self._put_word(lambda: self._recorder.tell(severity, subject, text))

    def look(self, totals: Mapping[str, Loss]) -> None:
        """Once a second: the counters of all streams since each began, and whatever is due."""
        if not self._is_looking:
            self._is_looking = True
            self._put(lambda: self._look(totals))

    def reopen(self, level: LogLevel) -> None:
        """The log files may have been moved away, and LOG_LEVEL changed."""
        self._put(self._recorder.reopen)
        self._put(lambda: self._recorder.set_level(level))

    def days(self, stream: str) -> Mapping[str, Loss]:
        """What *stream* lost, by day."""
        return self._recorder.days(stream)

    def today(self, stream: str) -> Loss:
        """What *stream* lost since midnight."""
        return self._recorder.loss(stream, day_of(self._clocks.wall()))

    def complaints(self) -> tuple[str, ...]:
        """What cannot be written down now, and why."""
        since = self._busy_since
        hangs = since is not None and self._clocks.monotonic() - since > HANGS
        words = ("the disk of the logs or of the state does not answer; sound goes on",) if hangs else ()
        return (*self._recorder.complaints(), *words)

    def close(self) -> None:
        """Write everything that waits, the last account too."""
        self._put(self._close)
        self._works.put(None)
        self._thread.join(CLOSE_LIMIT)

    def _put_word(self, do: Callable[[], object]) -> None:
        if self._works.qsize() < MOST_WAITING:
            self._put(do)
        else:
            self._missed += 1

    def _put(self, do: Callable[[], object]) -> None:
        self._works.put(self._now(do))

    def _now(self, do: Callable[[], object]) -> _Work:
        return _Work(self._clocks.wall(), self._clocks.monotonic(), do)

    def _run(self) -> None:
        while (work := self._works.get()) is not None:
            self._at = work
            self._busy_since = self._clocks.monotonic()
            work.do()
            self._busy_since = None

    def _look(self, totals: Mapping[str, Loss]) -> None:
        self._is_looking = False
        self._tell_missed()
        for stream, total in totals.items():
            self._recorder.count(stream, total.lost, total.filled)
        self._recorder.tick()

    def _tell_missed(self) -> None:
        missed, self._missed = self._missed, 0
        if missed:
            text = f"{missed} lines are missing here: the disk did not answer"
            self._recorder.tell(Severity.WARNING, "service", text)

    def _close(self) -> None:
        self._tell_missed()
        self._recorder.close()
