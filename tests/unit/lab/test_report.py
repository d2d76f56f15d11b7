"""What counts as green, and what the machine's load makes of a judgement."""

from __future__ import annotations

from dataclasses import replace

from lab.evidence import Evidence, Hearing
from lab.machine.load import Work, load_between, parse_ticks, parse_work, waited_share
from lab.report import Result, Row, is_green, render_report

CALM = Hearing(load=0.4, host_load=0.6, bus_losses=0)


def row(result: Result) -> Row:
    return Row(scenario="replug", result=result, seconds=12.34, lost_seconds=0.25, stale=3, load=0.5, note="n")


def test_inconclusive_is_never_green() -> None:
    assert is_green([row(Result.PASS), row(Result.LEFT_OUT)])
    assert not is_green([row(Result.PASS), row(Result.INCONCLUSIVE)])
    assert not is_green([row(Result.FAIL)])


def test_the_table_has_a_line_a_scenario_and_a_sum() -> None:
    lines = render_report([row(Result.PASS), row(Result.FAIL)]).splitlines()
    assert lines[0].split() == ["scenario", "result", "seconds", "lost", "stale", "load", "note"]
    assert lines[1].split() == ["replug", "pass", "12.3", "250", "ms", "3", "50%", "n"]
    assert lines[-1] == "1 pass, 1 FAIL in 0.4 min"


def test_load_is_what_is_not_idle() -> None:
    before = parse_ticks("cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1\n")
    after = parse_ticks("cpu  190 0 100 710 100 0 0 0 0 0\n")
    assert load_between(before, after) == 0.9
    assert load_between(before, before) == 0
    assert load_between(after, parse_ticks("cpu  40 0 10 50 0 0 0 0 0 0")) == 0.5, "after another boot: since then"


def test_one_saturated_hearing_makes_the_evidence_say_nothing() -> None:
    assert not Evidence([CALM, CALM]).is_saturated
    for busy in (Hearing(load=0.95, host_load=0.6, bus_losses=0), Hearing(load=0.4, host_load=0.6, bus_losses=1)):
        evidence = Evidence([CALM, busy])
        assert evidence.is_saturated and evidence.explain()


def test_sound_lost_on_the_bus_spoils_what_failed_and_nothing_else() -> None:
    lossy = Hearing(load=0.4, host_load=0.6, bus_losses=1, has_failed=True)
    assert lossy.is_saturated
    assert not replace(lossy, has_failed=False).is_saturated


def test_waiting_is_a_share_of_what_the_threads_wanted_to_run() -> None:
    work = parse_work(["300 100 5\n", "300 100 9\n", ""])
    assert work == Work(600, 200) and waited_share(work) == 0.25
    assert waited_share(Work(700, 500), since=work) == 0.75
    assert waited_share(Work()) == waited_share(Work(500, 100), since=work) == 0


def test_a_starved_guest_spoils_what_failed_and_nothing_else() -> None:
    assert Hearing(load=0.4, host_load=0.6, bus_losses=0, starvation=0.4).is_saturated
    assert not Hearing(load=0.4, host_load=0.6, bus_losses=0, starvation=0.4, has_failed=False).is_saturated


def test_a_failure_of_a_starved_guest_is_explained() -> None:
    assert not Evidence(starvation=0.1).explain()
    assert "40%" in Evidence(starvation=0.4).explain()


def test_a_spoilt_judgement_can_be_set_aside_and_made_again() -> None:
    evidence = Evidence([CALM, Hearing(load=0.95, host_load=0.6, bus_losses=0)])
    assert evidence.set_aside_spoilt() and not evidence.is_saturated
    assert not evidence.set_aside_spoilt() and evidence.hearings == [CALM]
