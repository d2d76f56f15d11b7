"""One long-lived child: its end is noticed, its stop is bounded, and it is always reaped."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from audio_rtsp.errors import ProgramMissing
from audio_rtsp.host.child import Child
from unit.host.processes import children, descriptors, few_descriptors, soon, state, until

T = TypeVar("T")
DEAF = "trap '' INT TERM; echo ready; while :; do sleep 0.05; done"
GENTLE = ((signal.SIGINT, 0.15), (signal.SIGTERM, 0.15))


def with_child(argv: tuple[str, ...], act: Callable[[Child], Awaitable[T]], **options: object) -> T:
    async def main() -> T:
        child = Child.start(argv, **options)  # type: ignore[arg-type]
        try:
            return await act(child)
        finally:
            await child.stop()
            child.close()

    return asyncio.run(main())


async def until_it_says(child: Child, word: str) -> None:
    reports = child.reports
    assert reports is not None
    assert await soon(lambda: word in reports.take())


@pytest.mark.parametrize(("command", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", -9)])
def test_an_end_is_noticed_with_its_status(command: str, code: int) -> None:
    async def act(child: Child) -> int:
        assert child.is_running
        async with asyncio.timeout(5):
            return await child.exited

    assert with_child(("sh", "-c", command), act) == code


def test_a_child_that_is_deaf_to_int_and_term_is_killed_in_bounded_time() -> None:
    async def act(child: Child) -> tuple[int | None, float, int]:
        await until_it_says(child, "ready")
        began = time.monotonic()
        return await child.stop(*GENTLE), time.monotonic() - began, child.pid

    code, took, pid = with_child(("sh", "-c", DEAF), act)
    assert code == -signal.SIGKILL
    assert 0.3 <= took < 1.5
    assert state(pid) == ""


def test_a_child_that_obeys_is_not_killed() -> None:
    async def act(child: Child) -> int | None:
        await until_it_says(child, "ready")
        return await child.stop((signal.SIGINT, 5.0))

    assert with_child(("sh", "-c", "trap 'exit 5' INT; echo ready; while :; do sleep 0.02; done"), act) == 5


def test_a_stopped_child_is_killed_all_the_same() -> None:
    async def act(child: Child) -> int | None:
        child.send(signal.SIGSTOP)
        assert until(lambda: state(child.pid) == "T")
        return await child.stop((signal.SIGTERM, 0.1))

    assert with_child(("sleep", "60"), act) == -signal.SIGKILL


def test_stopping_one_that_has_ended_gives_its_status_at_once() -> None:
    async def act(child: Child) -> list[int | None]:
        await child.exited
        child.send(signal.SIGTERM)
        return [await child.stop(*GENTLE), await child.stop()]

    assert with_child(("sh", "-c", "exit 4"), act) == [4, 4]


def test_no_zombie_is_left_of_many() -> None:
    async def main() -> None:
        before = children()
        many = [Child.start(("sh", "-c", "exit 1")) for _ in range(20)]
        await asyncio.gather(*(child.exited for child in many))
        for child in many:
            child.close()
        assert children() == before

    asyncio.run(main())


def test_its_words_and_reports_are_kept_apart() -> None:
    async def act(child: Child) -> tuple[tuple[str, ...], ...]:
        await child.exited
        assert child.reports is not None
        return child.says.take_all(), child.reports.take_all()

    assert with_child(("sh", "-c", "echo a; printf b >&2; printf c"), act) == (("b",), ("a", "c"))


def test_output_that_goes_elsewhere_is_not_kept() -> None:
    reading, writing = os.pipe()

    async def act(child: Child) -> bytes:
        assert child.reports is None
        await child.exited
        return os.read(reading, 100)

    try:
        assert with_child(("echo", "sound"), act, stdout=writing) == b"sound\n"
    finally:
        os.close(reading)
        os.close(writing)


def test_before_it_is_reaped_proc_still_knows_it() -> None:
    seen: list[str] = []

    async def act(child: Child) -> int:
        return await child.exited

    with_child(("true",), act, before_reap=lambda pid: seen.append(state(pid)))
    assert "Z" in seen


def test_of_one_that_ends_after_it_was_closed_nothing_is_counted() -> None:
    """It hung in the kernel: what it would be asked then is gone."""
    seen: list[int] = []

    async def act(child: Child) -> int:
        child.close()
        child.send(signal.SIGKILL)
        return await child.exited

    assert with_child(("sleep", "60"), act, before_reap=seen.append) == -signal.SIGKILL
    assert seen == []


def test_its_end_or_an_event_ends_the_wait() -> None:
    async def act(child: Child) -> float:
        event = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, event.set)
        began = time.monotonic()
        await child.exited_or(event)
        assert child.is_running
        await child.stop()
        await child.exited_or(asyncio.Event())
        return time.monotonic() - began

    assert 0.1 <= with_child(("sleep", "60"), act) < 2.0


def test_a_cancelled_stop_can_be_done_again() -> None:
    async def act(child: Child) -> int | None:
        await until_it_says(child, "ready")
        stopping = asyncio.ensure_future(child.stop((signal.SIGINT, 5.0)))
        await asyncio.sleep(0.05)
        stopping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopping
        assert child.is_running
        return await child.stop()

    assert with_child(("sh", "-c", DEAF), act) == -signal.SIGKILL


def test_a_program_that_is_missing_costs_no_descriptor() -> None:
    async def main() -> int:
        before = descriptors()
        for _ in range(5):
            with pytest.raises(ProgramMissing):
                Child.start(("no-such-program",))
        return descriptors() - before

    assert asyncio.run(main()) == 0


@pytest.mark.parametrize("room", range(6))
def test_a_start_that_fails_for_want_of_descriptors_leaves_nothing(room: int) -> None:
    async def main() -> tuple[int, set[int]]:
        await asyncio.sleep(0)
        before, ours = descriptors(), children()
        with few_descriptors(room), pytest.raises(OSError, match="Too many open files"):
            Child.start(("sleep", "60"))
        return descriptors() - before, children() - ours

    assert asyncio.run(main()) == (0, set())


def test_a_child_that_nobody_can_watch_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last descriptor is missing: the process runs already."""

    def full(pid: int) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    async def main() -> tuple[int, set[int]]:
        before, ours = descriptors(), children()
        with monkeypatch.context() as patch, pytest.raises(OSError, match="Too many open files"):
            patch.setattr(os, "pidfd_open", full)
            Child.start(("sleep", "60"))
        return descriptors() - before, children() - ours

    assert asyncio.run(main()) == (0, set())


def test_a_flooding_child_blocks_nobody_for_long() -> None:
    async def act(child: Child) -> float:
        assert child.reports is not None
        await asyncio.sleep(0.1)
        began = time.monotonic()
        for _ in range(10):
            assert len(child.reports.take()) <= 200
        return time.monotonic() - began

    assert with_child(("yes", "flood"), act) < 2.0
