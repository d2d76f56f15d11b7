"""Nothing stays behind, however a run ends: orphans come to us, and what is left is killed by its pid."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Iterator
from types import FrameType

from bench.process import children

PR_SET_CHILD_SUBREAPER = 36
SWEEP_LIMIT = 5.0


class Interrupted(BaseException):
    """A signal asks for the end; not an error of a part."""


class PartTooLong(Exception):
    """A part did not end within its time."""


@contextlib.contextmanager
def nothing_left() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP end the body; afterwards every descendant is dead and reaped."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    signal.signal(signal.SIGALRM, _too_long)
    try:
        yield
    finally:
        _be_deaf()
        _sweep()


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise PartTooLong in the body after *seconds*."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _be_deaf()  # the end is bounded; a second signal would only cut it short
    raise Interrupted(signal.Signals(number).name)


def _be_deaf() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _too_long(number: int, frame: FrameType | None) -> None:
    raise PartTooLong("it took too long")


def _sweep() -> None:
    end = time.monotonic() + SWEEP_LIMIT
    while (left := children(os.getpid())) and time.monotonic() < end:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
