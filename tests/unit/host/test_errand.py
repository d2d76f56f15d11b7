"""Blocking work beside the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from audio_rtsp.host.command import run_async
from audio_rtsp.host.errand import Errand
from unit.host.processes import until


def test_what_is_done_in_time_is_returned() -> None:
    assert asyncio.run(Errand(5.0).run(lambda: 42)) == 42


def test_one_follows_the_other_at_once() -> None:
    errand = Errand(5.0)

    async def main() -> list[int | None]:
        return [await errand.run(lambda: 1) for _ in range(2000)]

    assert asyncio.run(main()) == [1] * 2000


def test_a_failure_is_raised_where_it_is_awaited() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(Errand(5.0).run(lambda: 1 // 0))


def test_work_that_hangs_is_left_alone_and_nothing_is_begun_beside_it() -> None:
    goes_on = threading.Event()
    errand = Errand(0.05)
    begun = []

    async def main() -> tuple[object, object]:
        return await errand.run(lambda: goes_on.wait(20)), await errand.run(lambda: begun.append("beside"))

    assert asyncio.run(main()) == (None, None)
    assert begun == []
    goes_on.set()
    assert until(lambda: "errand" not in {thread.name for thread in threading.enumerate()})
    assert asyncio.run(errand.run(lambda: "again")) == "again"


def test_without_a_thread_to_spare_it_is_not_done_now(monkeypatch: pytest.MonkeyPatch) -> None:
    errand = Errand(5.0)

    async def main() -> None:
        with monkeypatch.context() as full:
            full.setattr(threading.Thread, "start", no_thread)
            assert await errand.run(lambda: 1) is None
            with pytest.raises(OSError, match="temporarily unavailable"):
                await run_async(("sleep", "20"), timeout=20)
        assert await errand.run(lambda: 1) == 1

    asyncio.run(main())


def no_thread(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")
