"""The cord is pulled and put back."""

from __future__ import annotations

import time

from lab.ear.listener import Listener
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Count, Sine
from lab.sound.tone import is_audible, is_silence

from field.box import EXACT, SERVER, Box, median_and_worst
from field.sabotage import ENDLESS, FREEZE, TORN, Sabotage
from field.scenario import scenario
from field.stage import Stage

DESK = Microphone(serial="D1", strings=Strings(product="Desk"), pattern=Sine(440))
OTHER = Microphone(serial="O1", strings=Strings(product="Other"), pattern=Count())
BACK_LIMIT = 10.0
"""Seconds from the plug to sound; the kernel's enumeration alone takes about one under TCG."""

UNTIL_CAPTURE = "timeout 8 bash -c 'until pgrep -x arecord; do sleep 0.02; done'"
MOMENTS = (0.0, 0.05, 0.15, 0.3)
"""Seconds after the capture's start; its first sound takes about half of one under TCG."""

LET_GO = Sabotage(
    words="the media server is killed a second after all is well",
    strike=lambda box: box.guest.spawn(f"sleep 1; pkill -KILL -f '{SERVER}'"),
)


@scenario("replug", FREEZE, TORN, LET_GO, is_smoke=True)
def replug(stage: Stage) -> None:
    """Away for 3 s: a listener stays connected and hears silence, then the microphone; another one is untouched."""
    with stage.box(EXACT) as box:
        other, desk = _other_heard(box), _heard(box, "desk", DESK)
        box.settled()
        begin = time.monotonic()
        with box.hearing():
            gap = _bounce(box, desk, 3.0)
            time.sleep(1)
            assert desk.sessions == 1, f"the listener was let go: {desk.ends}"
            box.exact(other, begin)
        assert not desk.pauses(1.0, begin), f"packets paused {desk.pauses(1.0, begin)} s"
        box.hears(desk, 440)
    stage.note(f"sound back {gap:.2f} s after the plug")


@scenario("replug-fast", FREEZE, TORN)
def fast_bounce(stage: Stage) -> None:
    """A loose cord: away for 0.1 s, twenty times in a row; another one is untouched."""
    with stage.box(EXACT) as box:
        other, desk = _other_heard(box), _heard(box, "desk", DESK)
        box.settled()
        times = []
        for _ in range(20):
            with box.hearing():
                begin = time.monotonic()
                times.append(_bounce(box, desk, 0.1))
                time.sleep(0.5)
                box.exact(other, begin)
        assert desk.sessions == 1, f"the listener was let go: {desk.ends}"
        box.hears(desk, 440)
        box.until_state("desk", "LIVE")
    stage.note(f"sound back {median_and_worst(times)}")


@scenario("unplug-during-start", FREEZE)
def unplug_during_start(stage: Stage) -> None:
    """Pulled between the start of its capture and the first sound, at several moments; then left in."""
    with stage.box(EXACT) as box:
        box.settled()
        listener = box.listen("desk")
        met = sum(_pulled_during_start(box, listener, seconds) for seconds in MOMENTS)
        _heard(box, "desk", DESK)
        box.hears(listener, 440)
        box.until_state("desk", "LIVE")
        stage.note(f"{met} of {len(MOMENTS)} pulls came between start and first sound")
        assert met, "the premise is gone: no pull met a start"


@scenario("away-long", FREEZE, ENDLESS)
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
        assert desk.sessions == 2, f"the listener began {desk.sessions} times: {desk.ends}"


def _other_heard(box: Box) -> Listener:
    """Another microphone in port 2, whose samples count."""
    box.plug(2, OTHER)
    box.until_state("other", "LIVE")
    other = box.listen("other")
    other.until(lambda: other.packets, box.patience(10), "heard")
    return other


def _heard(box: Box, name: str, microphone: Microphone) -> Listener:
    """Plug into port 0, and listen until it sounds."""
    listener = box.listen(name)
    begin = time.monotonic()
    box.plug(0, microphone)
    listener.until_sound(box.patience(20), begin)
    time.sleep(1)
    return listener


def _bounce(box: Box, listener: Listener, seconds: float) -> float:
    """Pull the cord for so long; the seconds from the plug to sound. What was on its way at the pull is none: silence
    comes between.
    """
    pulled = time.monotonic()
    box.unplug(0)
    time.sleep(seconds)
    begin = time.monotonic()
    box.plug(0, DESK)
    quiet = listener.until_sound(box.patience(BACK_LIMIT), pulled, is_silence)
    return listener.until_sound(box.patience(BACK_LIMIT), quiet) - begin


def _pulled_during_start(box: Box, listener: Listener, seconds: float) -> bool:
    """Pull it so long after its capture was begun; whether that was before its first sound."""
    begin = time.monotonic()
    box.plug(0, DESK)
    assert box.guest.run(UNTIL_CAPTURE).code == 0, "no capture was begun within 8 s"
    time.sleep(seconds)
    box.unplug(0)
    time.sleep(1)
    return not is_audible(listener.samples(begin))
