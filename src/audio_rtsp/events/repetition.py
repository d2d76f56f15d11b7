"""Nothing is said more than once a minute: what comes again is counted. Pure; times in seconds of any one clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from audio_rtsp.events.log_line import MINUTE

MOST = 512
"""Different sayings that are remembered at once; past them the oldest is forgotten early."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated(Generic[T]):
    """What came *count* times within *seconds* and was not said; *value* is all of it in one."""

    value: T
    count: int
    seconds: float


@dataclass(slots=True)
class _Window(Generic[T]):
    began: float
    count: int = 0
    value: T | None = None


class Repetition(Generic[T]):
    """Remembers what was said in the last minute. *merge* makes one of an earlier and a later value.

    Call :meth:`take_due` before :meth:`is_new`: what was counted is said first.
    """

    def __init__(self, merge: Callable[[T, T], T]) -> None:
        self._merge = merge
        self._windows: dict[str, _Window[T]] = {}  # in the order of their beginning

    def is_new(self, likeness: str, value: T, now: float) -> bool:
        """Whether to say it; else it has been counted."""
        window = self._windows.get(likeness)
        if window is None:
            self._windows[likeness] = _Window(now)
            return True
        window.count += 1
        window.value = value if window.value is None else self._merge(window.value, value)
        return False

    def take_due(self, now: float) -> tuple[Repeated[T], ...]:
        """What was counted for a minute, to be said now; it is then said for the next minute."""
        due = [key for key, window in self._windows.items() if now - window.began >= MINUTE]
        crowd = list(self._windows)[: max(0, len(self._windows) + 1 - MOST)]
        again = tuple(self._close(key, now) for key in dict.fromkeys((*due, *crowd)))
        return tuple(one for one in again if one is not None)

    def take_all(self, now: float) -> tuple[Repeated[T], ...]:
        """What was counted so far, at the end."""
        again = tuple(self._close(key, now) for key in tuple(self._windows))
        self._windows.clear()
        return tuple(one for one in again if one is not None)

    def _close(self, key: str, now: float) -> Repeated[T] | None:
        window = self._windows.pop(key)
        if window.value is None:
            return None
        if len(self._windows) < MOST - 1:
            self._windows[key] = _Window(now)
        return Repeated(value=window.value, count=window.count, seconds=now - window.began)
