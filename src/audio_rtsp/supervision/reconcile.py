"""Wanted streams against running ones. Pure: lost or doubled events cost nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audio_rtsp.supervision.plan import StreamPlan
from audio_rtsp.supervision.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A stream that shall run; *source* None while its device is away."""

    plan: StreamPlan
    source: Source | None
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """A stream to begin."""

    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Stop:
    """A stream to end, by its identity."""

    identity: str


@dataclass(frozen=True, slots=True)
class Keep:
    """A stream that goes on under its name; its source and its settings may be others now."""

    wanted: Wanted


Step = Start | Stop | Keep


def plan_steps(wanted: Mapping[str, Wanted], running: Mapping[str, StreamPlan]) -> tuple[Step, ...]:
    """What to do, by identity; stops come first, so that a name is free before another takes it."""
    stops = tuple(Stop(key) for key, plan in running.items() if key not in wanted or wanted[key].plan.name != plan.name)
    stopped = {stop.identity for stop in stops}
    goes_on = {key for key in running if key not in stopped}
    return (*stops, *(Keep(one) if key in goes_on else Start(one) for key, one in wanted.items()))
