"""The cord is pulled and put back."""

from __future__ import annotations

import time

from lab.ear.listener import Listener
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Count, Sine

from field.box import EXACT, Box, median_and_worst
from field.sabotage import FREEZE
from field.scenario import scenario
from field.stage import Stage

DESK = Microphone(serial="D1", strings=Strings(product="Desk"), pattern=Sine(440))
OTHER = Microphone(serial="O1", strings=Strings(product="Other"), pattern=Count())
BACK_LIMIT = 10.0
"""Seconds from the plug to sound; the kernel's enumeration alone takes about one under TCG."""


@scenario("replug", FREEZE, is_smoke=True)
def replug(stage: Stage) -> None:
    """Away for 3 s: a listener stays connected and hears silence, then the microphone; another one is untouched."""
    with stage.box(EXACT) as box:
        box.plug(2, OTHER)
        box.until_state("other", "LIVE")
        desk, other = _heard(box, "desk", DESK), box.listen("other")
        other.until(lambda: other.packets, box.patience(10), "heard")
        time.sleep(1)
        box.settled()
        begin = time.monotonic()
        with box.hearing():
            gap = _bounce(box, desk, 3.0)
            time.sleep(1)
            counted = box.counted(other, begin)
        assert desk.sessions == 1, f"the listener was let go: {desk.ends}"
        assert not desk.pauses(1.0, begin), f"packets paused {desk.pauses(1.0, begin)} s"
        assert counted.frames > 3 * 48000 and not counted.breaks, f"the other microphone was disturbed: {counted}"
        box.hears(desk, 440)
    stage.note(f"sound back {gap:.2f} s after the plug")


@scenario("replug-fast", FREEZE)
def fast_bounce(stage: Stage) -> None:
    """A loose cord: away for 0.1 s, twenty times in a row."""
    with stage.box(EXACT) as box:
        desk = _heard(box, "desk", DESK)
        box.settled()
        times = []
        for _ in range(20):
            with box.hearing():
                times.append(_bounce(box, desk, 0.1))
            time.sleep(0.5)
        assert desk.sessions == 1, f"the listener was let go: {desk.ends}"
        box.until_state("desk", "LIVE")
    stage.note(f"sound back {median_and_worst(times)}")


@scenario("unplug-during-start", FREEZE)
def unplug_during_start(stage: Stage) -> None:
    """Pulled before the first sound, at several moments; then left in."""
    with stage.box(EXACT) as box:
        box.settled()
        for seconds in (0.2, 0.6, 1.0, 1.4, 1.8):
            box.plug(0, DESK)
            time.sleep(seconds)
            box.unplug(0)
            time.sleep(0.5)
        _heard(box, "desk", DESK)
        box.until_state("desk", "LIVE")


@scenario("away-long", FREEZE)
def away_long(stage: Stage) -> None:
    """Longer than GAP_FILL_SECONDS: the stream says that it waits and is offline; then it is back by itself."""
    with stage.box(f"{EXACT}GAP_FILL_SECONDS=3\n") as box:
        desk = _heard(box, "desk", DESK)
        box.settled()
        box.unplug(0)
        box.until_state("desk", "WAITING", 10)
        pulled = time.monotonic()
        time.sleep(3)
        quiet = desk.between(pulled + 1)
        begin = time.monotonic()
        box.plug(0, DESK)
        desk.until_sound(box.patience(BACK_LIMIT), begin)
        box.hears(desk, 440)
        assert not quiet, f"{len(quiet)} packets came while the stream was offline"


def _heard(box: Box, name: str, microphone: Microphone) -> Listener:
    """Plug into port 0, and listen until it sounds."""
    listener = box.listen(name)
    box.plug(0, microphone)
    listener.until_sound(box.patience(20))
    time.sleep(1)
    return listener


def _bounce(box: Box, listener: Listener, seconds: float) -> float:
    """Pull the cord for so long; the seconds from the plug to sound."""
    box.unplug(0)
    time.sleep(seconds)
    begin = time.monotonic()
    box.plug(0, DESK)
    since = begin if seconds > 0.5 else begin + 0.3
    return listener.until_sound(box.patience(BACK_LIMIT), since) - begin
