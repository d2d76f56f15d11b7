"""Wanted streams against running ones."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.supervision.plan import StreamPlan
from audio_rtsp.supervision.reconcile import Keep, Start, Step, Stop, Wanted, plan_steps
from audio_rtsp.supervision.tone_source import ToneSource
from unit.supervision.things import plan

A, B = plan("a", identity="a"), plan("b", identity="b")


def wanted(of: StreamPlan, hertz: int = 440) -> Wanted:
    return Wanted(plan=of, source=ToneSource(frequency=hertz))


def applied(steps: tuple[Step, ...], running: dict[str, StreamPlan]) -> dict[str, StreamPlan]:
    """What the supervisor makes of the steps."""
    after = dict(running)
    for step in steps:
        match step:
            case Stop(identity):
                del after[identity]
            case Start(one):
                assert one.plan.identity not in after
                assert one.plan.name not in {other.name for other in after.values()}
                after[one.plan.identity] = one.plan
            case Keep(one):
                assert after[one.plan.identity].name == one.plan.name
                after[one.plan.identity] = one.plan
    return after


def test_a_new_device_starts_and_the_others_go_on() -> None:
    assert plan_steps({"a": wanted(A), "b": wanted(B)}, {"a": A}) == (Keep(wanted(A)), Start(wanted(B)))


def test_what_is_wanted_no_more_stops() -> None:
    assert plan_steps({}, {"a": A}) == (Stop("a"),)


def test_a_changed_setting_stops_no_stream() -> None:
    changed = wanted(replace(A, gap_seconds=1.0))
    assert plan_steps({"a": changed, "b": wanted(B)}, {"a": A, "b": B}) == (Keep(changed), Keep(wanted(B)))


def test_a_changed_name_ends_the_old_stream_first() -> None:
    renamed = wanted(replace(A, name="garden"))
    assert plan_steps({"a": renamed, "b": wanted(B)}, {"a": A, "b": B}) == (Stop("a"), Start(renamed), Keep(wanted(B)))


def test_a_device_that_moved_or_went_keeps_its_stream() -> None:
    away = Wanted(plan=A, source=None)
    assert plan_steps({"a": away}, {"a": A}) == (Keep(away),)


def test_two_devices_that_swap_their_names_stop_before_either_starts() -> None:
    swapped = {"a": wanted(replace(A, name="b")), "b": wanted(replace(B, name="a"))}
    steps = plan_steps(swapped, {"a": A, "b": B})
    assert steps[:2] == (Stop("a"), Stop("b"))
    assert applied(steps, {"a": A, "b": B}) == {key: one.plan for key, one in swapped.items()}


names = st.lists(st.sampled_from("abcdefgh"), max_size=8, unique=True)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, StreamPlan]:
    """Streams by identity, no name twice."""
    identities, called = draw(names), draw(st.permutations("stuvwxyz"))
    gap = draw(st.sampled_from([0.0, 30.0]))
    return {
        identity: replace(A, identity=identity, name=name, gap_seconds=gap)
        for identity, name in zip(identities, called, strict=False)
    }


@given(worlds(), worlds())
def test_the_steps_lead_from_any_world_to_any_other(
    before: dict[str, StreamPlan], after: dict[str, StreamPlan]
) -> None:
    steps = plan_steps({key: wanted(one) for key, one in after.items()}, before)
    assert applied(steps, before) == after


@given(worlds(), worlds())
def test_a_second_look_finds_nothing_to_do(before: dict[str, StreamPlan], after: dict[str, StreamPlan]) -> None:
    wants = {key: wanted(one) for key, one in after.items()}
    running = applied(plan_steps(wants, before), before)
    assert plan_steps(wants, running) == tuple(map(Keep, wants.values()))


@given(worlds(), worlds())
def test_no_stream_stops_whose_name_is_still_wanted(
    before: dict[str, StreamPlan], after: dict[str, StreamPlan]
) -> None:
    steps = plan_steps({key: wanted(one) for key, one in after.items()}, before)
    stopped = {step.identity for step in steps if isinstance(step, Stop)}
    assert not {key for key in stopped if key in after and before[key].name == after[key].name}
