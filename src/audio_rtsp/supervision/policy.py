"""What to do after something ended: each failure is charged to its cause. Pure: tests pass days in milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum


class Cause(StrEnum):
    """Why a side of a stream does not run."""

    REPLACED = "replaced"
    UNEXPLAINED = "unexplained"
    STALLED = "stalled"
    NOT_STARTED = "not started"
    BUSY = "busy"
    ABSENT = "absent"
    NOT_READY = "not ready"
    SERVER_AWAY = "server away"
    SHORTAGE = "shortage"
    CANNOT_WORK = "cannot work"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """RESTART_DELAY, MAX_RESTART_ATTEMPTS and RESTART_COOLDOWN; seconds."""

    restart_delay: float = 10.0
    max_restart_attempts: int = 5
    restart_cooldown: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What counts against one side."""

    short_runs: int = 0
    stalls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long before the next try; None = until somebody says that things changed."""

    seconds: float | None
    is_cooldown: bool = False
    wants_usb_reset: bool = False


SHORT_RUN = 1.0
"""Seconds of flowing sound that make a run worth another at once, and end every row of failures: a listener gains by
it, whatever ended it.
"""
STALL_PAUSE = 5.0
STALLS_BEFORE_RESET = 3
BUSY_PAUSE = 1.0
NOT_READY_PAUSE = 0.1
SHORTAGE_PAUSE = 5.0
"""Seconds (half as much by chance): who waits longer is silent longer than the want lasts."""
FIRST_PAUSE = 1.0


def after(
    history: History, cause: Cause, *, flowed: float, rules: Rules, chance: Callable[[], float]
) -> tuple[History, Wait]:
    """The new history and the wait after a run in which sound flowed for *flowed* seconds; *chance* gives 0 to 1."""
    if flowed >= SHORT_RUN:
        history = History()
    match cause:
        case Cause.REPLACED:
            return history, Wait(seconds=0.0)
        case Cause.ABSENT | Cause.SERVER_AWAY:
            return history, Wait(seconds=None)
        case Cause.BUSY:
            return history, Wait(seconds=BUSY_PAUSE)
        case Cause.NOT_READY:
            return history, Wait(seconds=NOT_READY_PAUSE)
        case Cause.SHORTAGE:
            return history, Wait(seconds=SHORTAGE_PAUSE * _jitter(chance))
        case Cause.CANNOT_WORK | Cause.REFUSED:
            return history, Wait(seconds=rules.restart_cooldown, is_cooldown=True)
        case Cause.STALLED:
            return _after_stall(history)
        case Cause.UNEXPLAINED | Cause.NOT_STARTED if flowed >= SHORT_RUN:
            return history, Wait(seconds=0.0)
        case Cause.UNEXPLAINED:
            return _after_unexplained(history, rules, chance)
        case Cause.NOT_STARTED:
            history, wait = _after_unexplained(history, rules, chance)
            return history, replace(wait, wants_usb_reset=history.short_runs == rules.max_restart_attempts)


def _after_stall(history: History) -> tuple[History, Wait]:
    stalls = history.stalls + 1
    wants_reset = stalls % STALLS_BEFORE_RESET == 0
    pause = 0.0 if stalls == 1 else STALL_PAUSE
    return replace(history, stalls=stalls), Wait(seconds=pause, wants_usb_reset=wants_reset)


def _after_unexplained(history: History, rules: Rules, chance: Callable[[], float]) -> tuple[History, Wait]:
    short_runs = history.short_runs + 1
    history = replace(history, short_runs=short_runs)
    if short_runs >= rules.max_restart_attempts:
        return history, Wait(seconds=rules.restart_cooldown * _jitter(chance), is_cooldown=True)
    if short_runs == 1:
        return history, Wait(seconds=0.0)
    growing = FIRST_PAUSE * 2.0 ** (short_runs - 2)
    return history, Wait(seconds=min(rules.restart_delay, growing) * _jitter(chance))


def _jitter(chance: Callable[[], float]) -> float:
    """Half to whole, so that many streams that fell together do not rise together."""
    return 0.5 + chance() / 2
