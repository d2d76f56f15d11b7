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
MAKE_LIMIT = 2.0
"""Seconds that a start waits for the files to be opened."""
REAL = Clocks(wall=time.time, monotonic=time.monotonic)
Do = Callable[[Recorder], object]


@dataclass(frozen=True, slots=True)
class _Work:
    wall: float
    monotonic: float
    do: Do


class RecorderThread:
    """Does everything in the order it came, with the time at which it came. No method waits but :meth:`close`."""

    def __init__(self, make: Callable[[Clocks], Recorder], clocks: Clocks = REAL) -> None:
        self._clocks = clocks
        self._at = self._now(lambda recorder: None)
        self._make = make
        self._recorder: Recorder | None = None
        self._is_made = threading.Event()
        self._works: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._busy_since: float | None = None
        self._is_looking = False
        self._missed = 0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()
        self._is_made.wait(MAKE_LIMIT)

    def note(self, event: Event) -> None:
        """Write down what happened."""
        self._put_word(lambda recorder: recorder.note(event))

    def note_end(self, event: Event) -> None:
        """Write down how it ended."""
        self._put_word(lambda recorder: recorder.note_end(event))

    def tell(self, severity: Severity, subject: str, text: str) -> None:
        """Write a sentence into the logs; *subject* as in Event."""
        self._put_word(lambda recorder: recorder.tell(severity, subject, text))

    def look(self, totals: Mapping[str, Loss]) -> None:
        """Once a second: the counters of all streams since each began, and whatever is due."""
        if not self._is_looking:
            self._is_looking = True
            self._put(lambda recorder: self._look(recorder, totals))

    def reopen(self, level: LogLevel) -> None:
        """The log files may have been moved away, and LOG_LEVEL changed."""
        self._put(lambda recorder: recorder.reopen())
        self._put(lambda recorder: recorder.set_level(level))

    def days(self, stream: str) -> Mapping[str, Loss]:
        """What *stream* lost, by day."""
        return self._recorder.days(stream) if self._recorder else {}

    def today(self, stream: str, total: Loss) -> Loss:
        """What *stream* lost since midnight, *total* since it began; also while the disk hangs."""
        return self._recorder.loss(stream, day_of(self._clocks.wall()), total) if self._recorder else total

    def complaints(self) -> tuple[str, ...]:
        """What cannot be written down now, and why."""
        since = self._busy_since
        hangs = since is not None and self._clocks.monotonic() - since > HANGS
        words = ("the disk of the logs or of the state does not answer; sound goes on",) if hangs else ()
        return (*(self._recorder.complaints() if self._recorder else ()), *words)

    def close(self) -> None:
        """Write everything that waits, the last account too."""
        self._put(self._close)
        self._works.put(None)
        self._thread.join(CLOSE_LIMIT)

    def _put_word(self, do: Do) -> None:
        if self._works.qsize() < MOST_WAITING:
            self._put(do)
        else:
            self._missed += 1

    def _put(self, do: Do) -> None:
        self._works.put(self._now(do))

    def _now(self, do: Do) -> _Work:
        return _Work(self._clocks.wall(), self._clocks.monotonic(), do)

    def _run(self) -> None:
        self._busy_since = self._clocks.monotonic()
        self._recorder = recorder = self._make(Clocks(wall=lambda: self._at.wall, monotonic=lambda: self._at.monotonic))
        self._busy_since = None
        self._is_made.set()
        while (work := self._works.get()) is not None:
            self._at = work
            self._busy_since = self._clocks.monotonic()
            work.do(recorder)
            self._busy_since = None

    def _look(self, recorder: Recorder, totals: Mapping[str, Loss]) -> None:
        self._is_looking = False
        time.tzset()  # the owner may have set another time zone: until this is called the old one stays (tzset(3))
        self._tell_missed(recorder)
        for stream, total in totals.items():
            recorder.count(stream, total.lost, total.filled)
        recorder.tick()

    def _tell_missed(self, recorder: Recorder) -> None:
        missed, self._missed = self._missed, 0
        if missed:
            text = f"{missed} lines are missing here: the disk did not answer"
            recorder.tell(Severity.WARNING, "service", text)

    def _close(self, recorder: Recorder) -> None:
        self._tell_missed(recorder)
        recorder.close()
