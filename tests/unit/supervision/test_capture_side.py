"""One capture after the other: what follows each kind of end. In virtual time, with captures that end as told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from audio_rtsp.capture.diagnosis import CaptureFault
from audio_rtsp.supervision.capture_run import CaptureRun
from audio_rtsp.supervision.condition import CaptureCondition
from audio_rtsp.supervision.sound import Sound
from unit.supervision.capture_bench import Bench, Microphone, ToldRun
from unit.supervision.virtual_time import run


def starts(
    *ends: tuple[float | None, CaptureFault],
    seconds: float = 1000.0,
    microphone: Microphone | None = None,
    at: Callable[[Bench], dict[float, Callable[[], None]]] | None = None,
) -> tuple[list[float], Bench]:
    async def all_of_it() -> tuple[list[float], Bench]:
        bench = Bench(*ends)
        bench.side.set_source(microphone or Microphone())
        return await bench.runs(seconds, at(bench) if at else None), bench

    return run(all_of_it())


def test_other_settings_begin_a_new_capture_at_once_and_are_no_fault() -> None:
    changes = [10.0 + number for number in range(6)]
    began, bench = starts(at=lambda bench: {when: lambda: bench.side.restart("settings") for when in changes})
    assert began == [0.0, *changes]
    assert bench.asked_for_reset == 0


def test_a_wrong_card_three_times_is_no_mute_microphone() -> None:
    began, bench = starts(seconds=20.0, microphone=Microphone(is_right=False))
    assert len(began) > 3
    assert bench.asked_for_reset == 0


def test_what_was_begun_for_a_card_that_went_is_never_published() -> None:
    """Its number and its id are the next one's."""

    def script(bench: Bench) -> dict[float, Callable[[], None]]:
        return {
            0.2: lambda: shown.append(bench.side.condition),
            0.5: lambda: bench.side.set_source(None),
        }

    shown: list[CaptureCondition] = []
    began, bench = starts(microphone=Microphone(is_in=False), at=script, seconds=100.0)
    assert shown == [CaptureCondition.STARTING]
    assert began[-1] < 0.6
    assert bench.side.condition is CaptureCondition.ABSENT


def test_a_microphone_mute_three_times_asks_for_its_plug() -> None:
    mute = (0.0, CaptureFault.STALLED)
    began, bench = starts(mute, mute, mute)
    assert began == [0.0, 0.0, 0.0, 5.0]  # the news of its coming ends the first pause
    assert bench.asked_for_reset == 1


@pytest.mark.parametrize("fault", [CaptureFault.UNEXPLAINED, CaptureFault.GONE, CaptureFault.STALLED])
def test_after_a_second_of_sound_the_next_capture_begins_at_once(fault: CaptureFault) -> None:
    began, _ = starts((70.0, fault), (70.0, fault))
    assert began[2] - 140.0 <= 2.0  # udev may need a second to tell that a device went


def test_a_driver_that_cannot_start_is_tried_again_within_seconds_and_says_what_helps() -> None:
    """A codec whose clock comes late after boot, a USB bus that is full for a moment."""
    fails = (0.0, CaptureFault.NOT_STARTED)
    began, bench = starts(*[fails] * 6, seconds=10.0)
    assert began == [0.0, 0.0, 0.0, 2.0, 6.0]
    assert bench.side.condition is CaptureCondition.COOLDOWN
    assert "another USB port" in bench.side.reason
    assert bench.asked_for_reset == 1, "a microphone that locked up needs its plug pulled"


def test_failures_in_a_row_wait_longer_and_longer_until_the_cooldown() -> None:
    fails = (0.0, CaptureFault.UNEXPLAINED)
    began, _ = starts(*[fails] * 6)
    assert began == [0.0, 0.0, 0.0, 2.0, 6.0, 306.0, 606.0]  # the news of its coming ends the first pause


def test_a_busy_device_is_taken_within_a_quarter_of_a_second_after_its_holder_lets_go() -> None:
    began, bench = starts((0.0, CaptureFault.BUSY), microphone=Microphone(held_until=7.31), seconds=60.0)
    assert began[0] == 0.0
    assert 7.31 <= began[1] < 7.56
    assert bench.side.is_hopeful, "the encoder may start beside the capture"


def test_where_the_kernel_shows_no_holder_it_is_tried_every_second() -> None:
    busy = (0.0, CaptureFault.BUSY)
    began, _ = starts(busy, busy, busy, microphone=Microphone(is_told=False))
    assert began == [0.0, 0.0, 1.0, 2.0]  # the news of its coming ends the first pause


def test_a_wait_for_a_holder_ends_with_the_device() -> None:
    microphone = Microphone(held_until=100.0)
    began, bench = starts(
        (0.0, CaptureFault.BUSY), microphone=microphone, at=lambda bench: {3.0: lambda: bench.side.set_source(None)}
    )
    assert began == [0.0]
    assert bench.side.condition is CaptureCondition.ABSENT


def test_a_device_that_went_waits_for_its_return_alone() -> None:
    def script(bench: Bench) -> dict[float, Callable[[], None]]:
        return {
            5.0: lambda: bench.side.set_source(None),
            5.1: lambda: bench.side.restart("it went"),
            500.0: lambda: bench.side.set_source(Microphone()),
        }

    began, _ = starts(at=script)
    assert began == [0.0, 500.0]


class HungRun(ToldRun):
    """In the kernel, for ever: no signal ends it."""

    async def end(self) -> None:
        await asyncio.sleep(3.0)


class HungBench(Bench):
    """The first capture hangs."""

    def _begin(self, argv: tuple[str, ...], sound: Sound) -> CaptureRun:
        begun = super()._begin(argv, sound)
        return begun if len(self.began) > 1 else HungRun(0.0, CaptureFault.STALLED)


def test_beside_a_capture_that_hangs_in_the_kernel_no_other_is_begun_until_its_device_came_anew() -> None:
    """One more every few seconds would take all processes of the machine, and with them every stream."""
    shown: list[tuple[CaptureCondition, str]] = []

    async def all_of_it() -> tuple[list[float], int]:
        bench = HungBench()
        bench.side.set_source(Microphone())

        def look() -> None:
            shown.append((bench.side.condition, bench.side.reason.partition(":")[0]))

        at = {500.0: look, 900.0: lambda: bench.side.set_source(Microphone(mixer="anew"))}
        return await bench.runs(1000.0, at), bench.asked_for_reset

    began, asked_for_reset = run(all_of_it())
    assert began == [0.0, 900.0]
    assert shown == [(CaptureCondition.BACKOFF, "its capture (pid 1) hangs in the kernel")]
    assert asked_for_reset > 0
