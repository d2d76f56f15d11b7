"""Nothing is said more than once a minute; time is virtual."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.events.repetition import MOST, Repetition


def adding() -> Repetition[int]:
    return Repetition(lambda earlier, later: earlier + later)


def said(repetition: Repetition[int], key: str, now: float, value: int = 1) -> list[tuple[int, int]]:
    """What is said at that moment: counters as (count, sum), and (0, value) for the thing itself."""
    counters = [(one.count, one.value) for one in repetition.take_due(now)]
    return [*counters, *([(0, value)] if repetition.is_new(key, value, now) else [])]


def test_fifteen_in_a_minute_are_one_line_and_one_counter() -> None:
    repetition = adding()
    lines = [line for second in range(0, 60, 4) for line in said(repetition, "x", second)]
    assert lines == [(0, 1)]
    (again,) = repetition.take_due(60.0)
    assert (again.count, again.value, again.seconds) == (14, 14, 60.0)
    assert repetition.take_due(120.0) == ()


def test_after_a_quiet_minute_it_is_new_again() -> None:
    repetition = adding()
    assert said(repetition, "x", 0.0) == said(repetition, "x", 60.0) == said(repetition, "x", 200.0) == [(0, 1)]


def test_the_end_tells_what_was_counted_so_far() -> None:
    repetition = adding()
    for now in range(5):
        said(repetition, "x", now)
    assert [(one.count, one.seconds) for one in repetition.take_all(4.0)] == [(4, 4.0)]
    assert repetition.take_all(5.0) == ()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.0, 40.0)), max_size=80))
def test_nothing_is_said_twice_within_a_minute_and_nothing_is_lost(steps: list[tuple[str, float]]) -> None:
    repetition, now, seen = adding(), 0.0, 0
    spoken: dict[str, list[float]] = {key: [] for key in "abc"}
    repetition_of = {key: adding() for key in "abc"}
    for key, pause in steps:
        now += pause
        lines = said(repetition_of[key], key, now)
        assert len(lines) <= 1
        spoken[key] += [now] * len(lines)
        seen += sum(value for _, value in lines)
        said(repetition, key, now)
    seen += sum(again.value for one in repetition_of.values() for again in one.take_all(now))
    assert seen == len(steps)
    for times in spoken.values():
        assert all(later - earlier >= 60.0 for earlier, later in itertools.pairwise(times))


def test_memory_is_bounded_and_what_was_counted_is_told_when_it_is_forgotten() -> None:
    repetition, total = adding(), 0
    for number in range(3 * MOST):
        for _ in range(2):
            total += sum(value for _, value in said(repetition, f"line {number}", 1.0))
        assert len(repetition._windows) <= MOST
    total += sum(one.value for one in repetition.take_all(2.0))
    assert total == 6 * MOST
