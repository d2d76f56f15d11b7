"""The one watch over the server, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import pytest

from audio_rtsp.server.path import PathState
from audio_rtsp.server.protocol import ServerAway
from audio_rtsp.server.watch import AWAY_PAUSES, ServerWatch
from unit.supervision import virtual_time

T = TypeVar("T")
PATH = PathState(name="a", is_online=True, since="T", inbound_bytes=1, readers=0)


class FakeServer:
    """Answers or not as it is told, and notes when it was asked."""

    name = "fake"
    rtsp_port = 8554

    def __init__(self) -> None:
        self.is_there = True
        self.takes = 0.0
        self.asked: list[float] = []
        self.judged = 0

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def paths(self) -> Mapping[str, PathState]:
        self.asked.append(now())
        answer = self.is_there
        await asyncio.sleep(self.takes)
        if not answer:
            raise ServerAway("nobody there")
        return {"a": PATH}

    async def dismiss(self, path: str) -> None:
        return

    def judge_silence(self) -> None:
        self.judged += 1


def now() -> float:
    return asyncio.get_running_loop().time()


def watching(act: Callable[[ServerWatch, FakeServer], Awaitable[T]], *, is_there: bool = True) -> T:
    async def main() -> T:
        server = FakeServer()
        server.is_there = is_there
        watch = ServerWatch(server)
        running = asyncio.create_task(watch.run())
        try:
            return await act(watch, server)
        finally:
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    return virtual_time.run(main())


def test_before_the_first_look_it_is_not_up_and_says_so() -> None:
    watch = ServerWatch(FakeServer())
    assert not watch.is_up
    assert watch.away_reason == ""
    assert watch.paths == {}


def test_a_calm_server_is_asked_every_two_seconds() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        await asyncio.sleep(7.0)
        assert server.asked == pytest.approx([0.0, 2.0, 4.0, 6.0])
        assert watch.is_up
        assert (watch.away_reason, watch.paths) == ("", {"a": PATH})

    watching(act)


def test_whoever_is_in_a_hurry_gets_ten_looks_a_second_beginning_at_once() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        await asyncio.sleep(1.0)
        with watch.hurry(), watch.hurry():
            await asyncio.sleep(0.55)
        assert server.asked == pytest.approx([0.0, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5])
        await asyncio.sleep(4.0)
        assert len(server.asked) == 9

    watching(act)


def test_a_hurry_that_begins_during_a_look_is_not_lost() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        await asyncio.sleep(1.0)
        server.takes = 0.5
        await asyncio.sleep(1.2)
        with watch.hurry():
            await asyncio.sleep(0.5)
            assert server.asked[-1] == pytest.approx(2.6)

    watching(act)


def test_an_absent_server_is_probed_often_at_first_then_each_second_for_ever() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        await asyncio.sleep(3600.5)
        pauses = [later - sooner for sooner, later in zip(server.asked, server.asked[1:], strict=False)]
        assert pauses[: len(AWAY_PAUSES)] == pytest.approx(list(AWAY_PAUSES))
        assert pauses[len(AWAY_PAUSES) :] == pytest.approx([1.0] * (len(pauses) - len(AWAY_PAUSES)))
        assert len(pauses) > 3500
        assert watch.away_reason == "nobody there"

    watching(act, is_there=False)


def test_all_who_wait_go_on_when_it_is_up() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        waiting = [asyncio.create_task(watch.wait_up()) for _ in range(32)]
        await asyncio.sleep(10.0)
        assert not any(one.done() for one in waiting)
        server.is_there = True
        began = now()
        await asyncio.gather(*waiting)
        assert now() - began <= 1.0
        await watch.wait_up()

    watching(act, is_there=False)


def test_paths_of_a_server_that_went_are_not_believed() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        await asyncio.sleep(1.0)
        server.is_there = False
        assert not await watch.check()
        assert (watch.is_up, dict(watch.paths), watch.away_reason) == (False, {}, "nobody there")

    watching(act)


def test_a_check_asks_at_once() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        await asyncio.sleep(1.0)
        assert await watch.check()
        assert now() == pytest.approx(1.0)
        assert server.asked == pytest.approx([0.0, 1.0])

    watching(act)


def test_a_check_is_not_answered_by_a_look_that_began_before_it() -> None:
    """The server may have died in between: only a question asked afterwards counts."""

    async def act(watch: ServerWatch, server: FakeServer) -> None:
        await asyncio.sleep(1.0)
        server.takes = 1.0
        await asyncio.sleep(1.5)
        server.is_there = False
        assert not await watch.check()
        assert server.asked[-1] == pytest.approx(3.0, abs=0.1)

    watching(act)


def test_many_checks_at_once_are_one_question() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        await asyncio.sleep(1.0)
        assert await asyncio.gather(*(watch.check() for _ in range(32))) == [True] * 32
        assert len(server.asked) == 2

    watching(act)


def test_a_check_that_is_cancelled_takes_no_other_with_it() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        server.takes = 0.3
        await asyncio.sleep(1.0)
        first, second = asyncio.create_task(watch.check()), asyncio.create_task(watch.check())
        await asyncio.sleep(0.1)
        first.cancel()
        assert await second
        assert await watch.check()

    watching(act)


def test_checks_of_an_absent_server_are_answered_within_its_pause() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        await asyncio.sleep(60.3)
        for _ in range(5):
            began = now()
            assert not await watch.check()
            assert now() - began <= 1.0

    watching(act, is_there=False)


def test_each_change_is_told_once() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        told: list[bool] = []
        watch.on_change = lambda: told.append(watch.is_up)
        await asyncio.sleep(5.0)
        server.is_there = False
        await asyncio.sleep(5.0)
        server.is_there = True
        await asyncio.sleep(5.0)
        assert told == [True, False, True]

    watching(act)


def test_a_server_hears_of_every_question_that_it_left_unanswered() -> None:
    async def act(watch: ServerWatch, server: FakeServer) -> None:
        await asyncio.sleep(5.0)
        assert server.judged == 0
        server.is_there = False
        asked = len(server.asked)
        await asyncio.sleep(5.0)
        assert server.judged == len(server.asked) - asked > 3

    watching(act)
