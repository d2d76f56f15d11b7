"""How scenarios are judged, with scenarios of our own and no machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from field import command, scenario
from field.sabotage import FREEZE
from field.scenario import Body, LeftOut, Scenario, fails_as_it_should, perform
from field.stage import Stage
from lab.command import Answer
from lab.errors import CommandFailed
from lab.evidence import Evidence, Hearing
from lab.image.build import Image
from lab.image.cache import Cache
from lab.machine.guest import Guest
from lab.machine.hardware import MINI_PC
from lab.machine.load import Ticks, Work
from lab.machine.station import Snapshot, Station
from lab.report import Result, Row

CALM = Hearing(load=0.4, host_load=0.6, bus_losses=0)
BUSY = Hearing(load=0.99, host_load=0.6, bus_losses=0)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario, "wait_for_calm", lambda seconds: 0.0)


def of(body: Body) -> Scenario:
    return Scenario(name="kettle", body=body, sabotages=(FREEZE,), is_smoke=False, is_long=False)


def stages(tmp_path: Path, *evidences: Evidence) -> Callable[[], Stage]:
    """One after the other, each with its evidence."""
    station = Station(Cache(tmp_path), Image(tmp_path), print)
    snapshot = Snapshot(disk=tmp_path, name="installed", hardware=MINI_PC)
    made = iter([Stage(station, snapshot, evidence=evidence) for evidence in evidences])
    return lambda: next(made)


def passes(stage: Stage) -> None:
    return


def fails(stage: Stage) -> None:
    raise AssertionError("the kettle whistles in another key")


def breaks(stage: Stage) -> None:
    raise ZeroDivisionError


def asserts_without_a_word(stage: Stage) -> None:
    guest = SimpleNamespace(
        ticks=lambda: Ticks(idle=1, total=1),
        work=Work,
        bus_losses=lambda: 0,
        run=lambda command: Answer(code=1, stdout="1209:0001", stderr=""),
    )
    with stage._boxed(cast("Guest", guest), None):
        raise AssertionError


def is_stuck(stage: Stage) -> None:
    raise CommandFailed("true", 1, "no agent")


def test_a_busy_machine_gives_another_try_and_no_pass(tmp_path: Path) -> None:
    row, _ = perform(of(passes), stages(tmp_path, Evidence([BUSY]), Evidence([BUSY])), 2)
    assert row.result is Result.INCONCLUSIVE
    row, _ = perform(of(passes), stages(tmp_path, Evidence([BUSY]), Evidence([CALM])), 2)
    assert row.result is Result.PASS and row.note.startswith("try 2, before: guest 99%, host 60% busy")


def test_a_broken_scenario_is_no_matter_of_a_busy_machine(tmp_path: Path) -> None:
    row, _ = perform(of(breaks), stages(tmp_path, Evidence([BUSY])), 2)
    assert row.result is Result.FAIL


def test_a_broken_scenario_says_in_its_row_of_what(tmp_path: Path) -> None:
    row, complaint = perform(of(breaks), stages(tmp_path, Evidence()), 1)
    assert row.note == "the scenario itself is broken: ZeroDivisionError()" and "raise ZeroDivisionError" in complaint


def test_an_assertion_without_words_is_told_by_its_line_and_the_box(tmp_path: Path) -> None:
    row, complaint = perform(of(asserts_without_a_word), stages(tmp_path, Evidence()), 1)
    assert row.note.startswith("raise AssertionError (test_field.py:") and "cards 1209:0001" in complaint
    row = fails_as_it_should(of(asserts_without_a_word), stages(tmp_path, Evidence()))
    assert row.result is Result.PASS and "raise AssertionError" in row.note


def test_a_guest_that_was_busy_all_its_time_shows_nothing_and_its_load_is_told(tmp_path: Path) -> None:
    busy = Evidence(life_load=0.95, busiest="ffmpeg 180")
    row, _ = perform(of(passes), stages(tmp_path, busy), 1)
    assert row.result is Result.INCONCLUSIVE and row.load == 0.95 and "ffmpeg 180" in row.note


def test_loss_is_told_only_where_samples_were_compared(tmp_path: Path) -> None:
    row, _ = perform(of(passes), stages(tmp_path, Evidence([CALM])), 1)
    assert row.lost_seconds is None and row.stale is None


def test_a_run_that_lasts_too_long_tries_nothing_again(tmp_path: Path) -> None:
    row, _ = perform(of(passes), stages(tmp_path, Evidence([BUSY])), 9, end=0.0)
    assert row.result is Result.INCONCLUSIVE


def test_a_failure_on_a_calm_machine_is_one_and_is_not_tried_again(tmp_path: Path) -> None:
    row, complaint = perform(of(fails), stages(tmp_path, Evidence([CALM])), 3)
    assert row.result is Result.FAIL and "whistles" in complaint


def test_a_failure_of_a_guest_that_got_no_processor_says_nothing(tmp_path: Path) -> None:
    row, _ = perform(of(fails), stages(tmp_path, Evidence(starvation=0.5), Evidence(starvation=0.5)), 2)
    assert row.result is Result.INCONCLUSIVE
    row, _ = perform(of(passes), stages(tmp_path, Evidence(starvation=0.5)), 2)
    assert row.result is Result.PASS, "what was right in spite of it was right"


@pytest.mark.parametrize(
    ("body", "result"),
    [(fails, Result.PASS), (passes, Result.FAIL), (breaks, Result.FAIL), (is_stuck, Result.FAIL)],
)
def test_a_sabotaged_scenario_must_fail_by_its_own_judgement(tmp_path: Path, body: Body, result: Result) -> None:
    assert fails_as_it_should(of(body), stages(tmp_path, Evidence([CALM]))).result is result


def test_a_sabotaged_scenario_that_failed_for_want_of_a_processor_shows_nothing(tmp_path: Path) -> None:
    for evidence in (Evidence(starvation=0.5), Evidence([BUSY])):
        assert fails_as_it_should(of(fails), stages(tmp_path, evidence)).result is Result.INCONCLUSIVE
    row = fails_as_it_should(of(fails), stages(tmp_path, Evidence([BUSY]), Evidence([CALM])), 2)
    assert row.result is Result.PASS and "whistles" in row.note


def test_a_scenario_without_a_sabotage_is_refused() -> None:
    with pytest.raises(TypeError):
        scenario.scenario("kettle")


def test_a_second_scenario_of_a_name_is_refused_and_the_first_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario, "REGISTER", {})
    scenario.scenario("kettle", FREEZE)(passes)
    with pytest.raises(TypeError, match="kettle: another"):
        scenario.scenario("kettle", FREEZE)(fails)
    assert scenario.REGISTER["kettle"].body is passes


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([Result.PASS], 0),
        ([Result.PASS, Result.INCONCLUSIVE], 4),
        ([Result.INCONCLUSIVE, Result.FAIL], 1),
    ],
)
def test_an_open_question_has_an_exit_code_of_its_own(results: list[Result], code: int) -> None:
    assert command.exit_code([Row(scenario="kettle", result=result, seconds=1.0) for result in results]) == code


def test_what_this_host_lacks_leaves_a_scenario_out_and_says_so(tmp_path: Path) -> None:
    def lacks(stage: Stage) -> None:
        raise LeftOut("no kettle here")

    row, complaint = perform(of(lacks), stages(tmp_path, Evidence()), 2)
    assert (row.result, row.note, complaint) == (Result.LEFT_OUT, "no kettle here", "")
    row = fails_as_it_should(of(lacks), stages(tmp_path, Evidence()))
    assert row.result is Result.LEFT_OUT, "what was not tried has shown nothing"
