"""A failure is charged to its cause (product 2.2)."""

from __future__ import annotations

import asyncio
import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.supervision.policy import (
    SHORT_RUN,
    STALL_PAUSE,
    Cause,
    History,
    Rules,
    Wait,
    after,
)
from audio_rtsp.supervision.rest import Rest
from unit.supervision.virtual_time import run

RULES = Rules()
LONGEST = 1.0
"""What chance gives for the longest wait."""


def waits(
    cause: Cause, times: int, *, flowed: float = 0.0, rules: Rules = RULES, chance: float = LONGEST
) -> list[Wait]:
    history, found = History(), []
    for _ in range(times):
        history, wait = after(history, cause, flowed=flowed, rules=rules, chance=lambda: chance)
        found.append(wait)
    return found


def test_the_first_retry_comes_at_once_and_the_others_later_and_later() -> None:
    patient = Rules(max_restart_attempts=100)
    assert [wait.seconds for wait in waits(Cause.UNEXPLAINED, 7, rules=patient)] == [
        0.0,
        1.0,
        2.0,
        4.0,
        8.0,
        10.0,
        10.0,
    ]


def test_after_five_short_runs_comes_one_try_each_cooldown_for_ever() -> None:
    found = waits(Cause.UNEXPLAINED, 2000)
    assert [wait.is_cooldown for wait in found[:5]] == [False, False, False, False, True]
    assert all(wait.is_cooldown and wait.seconds == 300.0 for wait in found[4:])


def test_a_device_that_does_not_start_wants_one_reset_and_is_else_tried_like_any_other() -> None:
    found = waits(Cause.NOT_STARTED, 50)
    assert [wait.seconds for wait in found] == [wait.seconds for wait in waits(Cause.UNEXPLAINED, 50)]
    assert [number for number, wait in enumerate(found, 1) if wait.wants_usb_reset] == [5]
    assert not any(wait.wants_usb_reset for wait in waits(Cause.UNEXPLAINED, 50))


def test_one_attempt_alone_means_cooldown_from_the_first_short_run() -> None:
    assert waits(Cause.UNEXPLAINED, 1, rules=Rules(max_restart_attempts=1))[0].is_cooldown


def test_chance_spreads_the_waits_of_streams_that_fell_together() -> None:
    assert waits(Cause.UNEXPLAINED, 3, chance=0.0)[2].seconds == 1.0
    assert waits(Cause.UNEXPLAINED, 3, chance=0.5)[2].seconds == 1.5
    assert waits(Cause.UNEXPLAINED, 6, chance=0.0)[5].seconds == 150.0


@given(
    st.lists(st.tuples(st.sampled_from(Cause), st.floats(0, 200)), max_size=60),
    st.floats(1, 3600),
    st.integers(1, 1000),
    st.floats(0, 1),
)
def test_no_wait_that_is_no_cooldown_is_longer_than_the_restart_delay_allows(
    runs: list[tuple[Cause, float]], delay: float, attempts: int, chance: float
) -> None:
    rules, history = Rules(restart_delay=delay, max_restart_attempts=attempts), History()
    for cause, flowed in runs:
        history, wait = after(history, cause, flowed=flowed, rules=rules, chance=lambda: chance)
        if wait.seconds is not None and cause is Cause.UNEXPLAINED and not wait.is_cooldown:
            assert 0.0 <= wait.seconds <= delay
        if wait.is_cooldown:
            assert wait.seconds is not None
            assert rules.restart_cooldown / 2 <= wait.seconds <= rules.restart_cooldown


def test_a_thousand_attempts_overflow_nothing() -> None:
    found = waits(Cause.UNEXPLAINED, 1100, rules=Rules(max_restart_attempts=1000))
    assert found[998].seconds == 10.0
    assert found[999].is_cooldown


@pytest.mark.parametrize("cause", [Cause.SERVER_AWAY, Cause.BUSY, Cause.ABSENT, Cause.NOT_READY, Cause.SHORTAGE])
def test_what_is_not_the_streams_fault_is_not_counted(cause: Cause) -> None:
    history, _ = after(History(short_runs=4, stalls=2), cause, flowed=0.0, rules=RULES, chance=lambda: 1.0)
    assert history == History(short_runs=4, stalls=2)


@pytest.mark.parametrize("cause", list(Cause))
def test_a_run_that_a_listener_gained_by_ends_every_row_of_failures(cause: Cause) -> None:
    worst = History(short_runs=99, stalls=99)
    history, _ = after(worst, cause, flowed=SHORT_RUN, rules=RULES, chance=lambda: 1.0)
    assert history in (History(), History(stalls=1))
    kept, _ = after(worst, cause, flowed=SHORT_RUN - 0.1, rules=RULES, chance=lambda: 1.0)
    assert kept.short_runs >= 99
    assert kept.stalls >= 99


@pytest.mark.parametrize("cause", [Cause.UNEXPLAINED, Cause.STALLED])
def test_it_is_followed_by_another_at_once(cause: Cause) -> None:
    _, wait = after(History(short_runs=3, stalls=2), cause, flowed=SHORT_RUN, rules=RULES, chance=lambda: 1.0)
    assert wait == Wait(seconds=0.0)


def test_a_loose_cable_that_gives_twenty_seconds_at_a_time_never_comes_to_a_cooldown() -> None:
    history, found = History(), []
    for flowed in (20.0, 0.0, 0.5) * 1000:
        history, wait = after(history, Cause.UNEXPLAINED, flowed=flowed, rules=RULES, chance=lambda: 1.0)
        found.append(wait)
    assert max(wait.seconds or 0.0 for wait in found) == 1.0


def test_an_absent_device_or_server_waits_for_news_alone() -> None:
    assert waits(Cause.ABSENT, 1) == waits(Cause.SERVER_AWAY, 1) == [Wait(seconds=None)]


def test_a_busy_device_is_tried_every_second() -> None:
    assert {wait.seconds for wait in waits(Cause.BUSY, 500)} == {1.0}


def test_a_device_that_is_not_ready_yet_is_tried_in_tenths_of_a_second() -> None:
    assert {wait.seconds for wait in waits(Cause.NOT_READY, 50)} == {0.1}


def test_a_stalled_device_is_tried_every_five_seconds_for_ever_and_each_third_time_wants_a_reset() -> None:
    found = waits(Cause.STALLED, 300)
    assert [wait.seconds for wait in found] == [0.0, *[STALL_PAUSE] * 299]
    assert [number for number, wait in enumerate(found, 1) if wait.wants_usb_reset] == list(range(3, 301, 3))
    assert not any(wait.is_cooldown for wait in found)


@pytest.mark.parametrize("cause", [Cause.CANNOT_WORK, Cause.REFUSED])
def test_what_cannot_work_is_tried_once_each_cooldown(cause: Cause) -> None:
    assert waits(cause, 3) == [Wait(seconds=300.0, is_cooldown=True)] * 3


def test_a_want_of_files_or_memory_is_over_soon_and_no_fault_of_the_stream() -> None:
    found = waits(Cause.SHORTAGE, 100)
    assert {wait.seconds for wait in found} == {5.0}
    assert not any(wait.is_cooldown for wait in found)
    assert waits(Cause.SHORTAGE, 1, chance=0.0)[0].seconds == 2.5


def test_five_hours_of_back_off_are_a_matter_of_milliseconds() -> None:
    async def fail_for_five_hours() -> list[float]:
        rest, starts = Rest(RULES, lambda: 1.0), []
        loop = asyncio.get_running_loop()
        while loop.time() < 5 * 3600:
            starts.append(loop.time())
            wait = rest.decide(Cause.UNEXPLAINED, 0.0)
            await rest.wait(wait.seconds)
        return starts

    began = time.monotonic()
    starts = run(fail_for_five_hours())
    assert time.monotonic() - began < 1.0
    assert starts[:5] == pytest.approx([0, 0, 1, 3, 7])
    assert {round(later - sooner) for sooner, later in itertools.pairwise(starts[4:])} == {300}
    assert len(starts) == 5 + (5 * 3600 - 7) // 300


def test_news_end_a_wait() -> None:
    async def wait_for(seconds: float | None) -> float:
        rest = Rest(RULES, lambda: 1.0)
        asyncio.get_running_loop().call_later(7.0, rest.tell_news)
        await rest.wait(seconds)
        return asyncio.get_running_loop().time()

    assert run(wait_for(300.0)) == pytest.approx(7.0)
    assert run(wait_for(None)) == pytest.approx(7.0)
    assert run(wait_for(2.0)) == pytest.approx(2.0)


def test_news_that_come_between_the_verdict_and_the_wait_are_not_lost() -> None:
    async def main() -> float:
        rest = Rest(RULES, lambda: 1.0)
        wait = rest.decide(Cause.CANNOT_WORK, 0.0)
        rest.tell_news()
        await rest.wait(wait.seconds)
        return asyncio.get_running_loop().time()

    assert run(main()) == 0.0


def test_a_rest_says_until_when_it_waits() -> None:
    async def main() -> tuple[float | None, float | None]:
        rest = Rest(RULES, lambda: 1.0)
        waiting = asyncio.create_task(rest.wait(300.0))
        await asyncio.sleep(1.0)
        during = rest.until
        await waiting
        return during, rest.until

    assert run(main()) == (300.0, None)
