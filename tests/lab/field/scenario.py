"""A scenario, and how it is judged."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from lab.errors import LabError
from lab.host import wait_for_calm
from lab.report import Result, Row

from field.sabotage import Sabotage
from field.stage import Stage

Body = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """*sabotages* are what makes it fail, one at a time: shown by ``script/lab --sabotage``."""

    name: str
    body: Body
    sabotages: tuple[Sabotage, ...]
    is_smoke: bool
    is_long: bool


CALM_LIMIT = 60.0
"""Seconds to wait for a busy host before the next try."""


class LeftOut(Exception):
    """What a scenario needs is not on this host; the words say what."""


BROKEN = "the scenario itself is broken"
LAB = "the lab: "
REGISTER: dict[str, Scenario] = {}


def scenario(name: str, *sabotages: Sabotage, is_smoke: bool = False, is_long: bool = False) -> Callable[[Body], Body]:
    """Enter a function in the list of scenarios; one that no sabotage makes fail proves nothing."""
    if not sabotages:
        raise TypeError(f"{name}: name what makes it fail")
    if name in REGISTER:
        raise TypeError(f"{name}: another scenario has this name")

    def enter(body: Body) -> Body:
        REGISTER[name] = Scenario(name=name, body=body, sabotages=sabotages, is_smoke=is_smoke, is_long=is_long)
        return body

    return enter


def perform(one: Scenario, make_stage: Callable[[], Stage], tries: int, end: float = math.inf) -> tuple[Row, str]:
    """Run it; again when the machine was too busy to tell, at most so many times in all, and not after *end* (of the
    monotonic clock). The row, and the whole complaint of a failure.
    """
    return _insist(lambda: _perform_once(one, make_stage()), tries, end)


def _insist(act: Callable[[], tuple[Row, str]], tries: int, end: float) -> tuple[Row, str]:
    row, complaint = act()
    for number in range(2, tries + 1):
        if row.result is not Result.INCONCLUSIVE or time.monotonic() > end:
            break
        wait_for_calm(CALM_LIMIT)
        before = row.note
        row, complaint = act()
        row = replace(row, note=f"{row.note}; try {number}, before: {before}".lstrip("; "))
    return row, complaint


def _perform_once(one: Scenario, stage: Stage) -> tuple[Row, str]:
    begin = time.monotonic()
    result, complaint = Result.PASS, ""
    try:
        one.body(stage)
    except LeftOut as reason:
        result = Result.LEFT_OUT
        stage.note(str(reason))
    except AssertionError as error:
        result, complaint = Result.FAIL, _complaint(error)
    except LabError as error:
        result, complaint = Result.FAIL, f"{LAB}{error}"
    except Exception as error:  # noqa: BLE001 one broken scenario must not cost the others their run
        result, complaint = Result.FAIL, f"{BROKEN}: {error!r}\n{traceback.format_exc()}"
    if not complaint.startswith(BROKEN) and _says_nothing(stage, has_failed=result is Result.FAIL):
        result = Result.INCONCLUSIVE
        stage.note(stage.evidence.explain())
    return _row(one, stage, result, time.monotonic() - begin, complaint), complaint


def _complaint(error: AssertionError) -> str:
    """Its own words, else the line that asserts; then what its boxes were like."""
    spot = traceback.extract_tb(error.__traceback__)[-1]
    words = str(error) or f"{spot.line} ({Path(spot.filename).name}:{spot.lineno})"
    return "\n".join((words, *getattr(error, "__notes__", ())))


def _says_nothing(stage: Stage, *, has_failed: bool) -> bool:
    """What was right although this host kept the guest waiting was right; a guest that was never idle shows nothing."""
    return stage.evidence.is_saturated or (has_failed and stage.evidence.is_starved)


def _row(one: Scenario, stage: Stage, result: Result, seconds: float, complaint: str) -> Row:
    evidence = stage.evidence
    first_line = complaint.partition("\n")[0][:140]
    return Row(
        scenario=one.name,
        result=result,
        seconds=seconds,
        lost_seconds=evidence.lost_seconds if evidence.has_counted else None,
        stale=evidence.stale if evidence.has_counted else None,
        load=evidence.load,
        note="; ".join([*stage.notes, *([first_line] if complaint else [])]),
    )


def fails_as_it_should(one: Scenario, make_stage: Callable[[], Stage], tries: int = 1, end: float = math.inf) -> Row:
    """Run it sabotaged: a PASS of this row means that the scenario failed, by its own judgement and not for want of a
    processor.
    """
    return _insist(lambda: (_sabotaged_once(one, make_stage()), ""), tries, end)[0]


def _sabotaged_once(one: Scenario, stage: Stage) -> Row:
    row, complaint = _perform_once(one, stage)
    if row.result is Result.LEFT_OUT:
        return row
    has_noticed = row.result is Result.FAIL and not complaint.startswith((BROKEN, LAB))
    is_open = row.result is Result.INCONCLUSIVE
    noticed = complaint.partition("\n")[0][:100] or "it did not notice"
    return replace(
        row,
        scenario=f"{one.name} (sabotaged)",
        result=Result.PASS if has_noticed else Result.INCONCLUSIVE if is_open else Result.FAIL,
        note=f"{stage.sabotage.words}: {stage.evidence.explain() if is_open else noticed}",
    )
