"""A scenario, and how it is judged."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from lab.errors import LabError
from lab.report import Result, Row

from field.sabotage import Sabotage
from field.stage import Stage

Body = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """*sabotage* is what makes it fail: shown by ``script/lab --sabotage``."""

    name: str
    body: Body
    sabotage: Sabotage
    is_smoke: bool
    is_long: bool


BROKEN = "the scenario itself is broken"
REGISTER: dict[str, Scenario] = {}


def scenario(name: str, *, sabotage: Sabotage, is_smoke: bool = False, is_long: bool = False) -> Callable[[Body], Body]:
    """Enter a function in the list of scenarios."""

    def enter(body: Body) -> Body:
        REGISTER[name] = Scenario(name=name, body=body, sabotage=sabotage, is_smoke=is_smoke, is_long=is_long)
        return body

    return enter


def perform(one: Scenario, make_stage: Callable[[], Stage]) -> tuple[Row, str]:
    """Run it; once more when the machine was too busy to tell. The row, and the whole complaint of a failure."""
    row, complaint = _perform_once(one, make_stage())
    if row.result is Result.INCONCLUSIVE:
        row, complaint = _perform_once(one, make_stage())
    return row, complaint


def _perform_once(one: Scenario, stage: Stage) -> tuple[Row, str]:
    begin = time.monotonic()
    result, complaint = Result.PASS, ""
    try:
        one.body(stage)
    except (AssertionError, LabError) as error:
        result, complaint = Result.FAIL, str(error)
    except Exception:  # noqa: BLE001 one broken scenario must not cost the others their run
        result, complaint = Result.FAIL, f"{BROKEN}: {traceback.format_exc()}"
    if stage.evidence.is_saturated:
        result = Result.INCONCLUSIVE
        stage.note(stage.evidence.explain())
    return _row(one, stage, result, time.monotonic() - begin, complaint), complaint


def _row(one: Scenario, stage: Stage, result: Result, seconds: float, complaint: str) -> Row:
    has_heard = bool(stage.evidence.hearings)
    first_line = complaint.partition("\n")[0][:140]
    return Row(
        scenario=one.name,
        result=result,
        seconds=seconds,
        lost_seconds=stage.evidence.lost_seconds if has_heard else None,
        stale=stage.evidence.stale if has_heard else None,
        load=stage.evidence.load,
        note="; ".join([*stage.notes, *([first_line] if complaint else [])]),
    )


def fails_as_it_should(one: Scenario, stage: Stage) -> Row:
    """Run it sabotaged: a PASS of this row means that the scenario failed."""
    row, complaint = _perform_once(one, stage)
    has_failed = bool(complaint) and not complaint.startswith(BROKEN)
    return Row(
        scenario=f"{one.name} (sabotaged)",
        result=Result.PASS if has_failed else Result.FAIL,
        seconds=row.seconds,
        load=row.load,
        note=f"{one.sabotage}: {complaint.partition(chr(10))[0][:100] or 'it did not notice'}",
    )
