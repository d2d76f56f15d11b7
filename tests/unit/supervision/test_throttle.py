"""Something that may be asked for too often."""

from __future__ import annotations

import asyncio

from audio_rtsp.supervision.throttle import Throttle
from unit.supervision.virtual_time import run


def runs(*asked: float) -> list[float]:
    """When it runs, with a pause of a second, if it is asked at these times."""

    async def main() -> list[float]:
        loop, found = asyncio.get_running_loop(), list[float]()
        throttle = Throttle(lambda: found.append(loop.time()), 1.0)
        for when in asked:
            await asyncio.sleep(when - loop.time())
            throttle.ask()
        await asyncio.sleep(10.0)
        return found

    return [round(when, 3) for when in run(main())]


def test_one_request_is_met_at_once() -> None:
    assert runs(5.0) == [5.0]


def test_of_many_meanwhile_one_waits() -> None:
    assert runs(5.0, 5.1, 5.2, 5.9) == [5.0, 6.0]


def test_a_flood_is_met_once_a_second_and_after_its_end() -> None:
    assert runs(*(number / 50 for number in range(250))) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_after_the_pause_it_is_as_at_first() -> None:
    assert runs(0.0, 3.0, 6.5) == [0.0, 3.0, 6.5]
