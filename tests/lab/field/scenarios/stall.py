"""Connected, and not a sample comes."""

from __future__ import annotations

import time

from lab.ear.listener import Listener
from lab.microphone.microphone import Microphone, Mode, Strings
from lab.microphone.pattern import Count, Sine
from lab.microphone.plug import Plug

from field.box import EXACT, Box
from field.sabotage import FREEZE, TORN
from field.scenario import scenario
from field.stage import Stage

NAME = "lab-microphone"
NOTICED_LIMIT = 6.0
OTHER = Microphone(serial="O1", strings=Strings(product="Other"), pattern=Count())


@scenario("stall", FREEZE, TORN)
def stall(stage: Stage) -> None:
    """Noticed within 6 s and said; the listener stays; the sound is back when it wakes; another one is untouched."""
    with stage.box(EXACT) as box:
        box.plug(2, OTHER)
        plug, listener = _heard(box, "S1")
        other = box.listen("other")
        other.until(lambda: other.packets, box.patience(10), "heard")
        time.sleep(1)
        box.settled()
        with box.hearing():
            before = time.monotonic()
            plug.mode = Mode.STALL
            noticed = _until_noticed(box)
            time.sleep(3)
            found = box.stream(NAME)
            plug.mode = Mode.RUN
            begin = time.monotonic()
            back = listener.until_sound(box.patience(12), begin) - begin
            box.exact(other, before)
        box.hears(listener, 440)
        box.until_state(NAME, "LIVE")
        assert listener.sessions == 1, f"the listener was let go: {listener.ends}"
        assert found["reason"], "no reason was given"
    stage.note(f"noticed after {noticed:.1f} s ({found['state']}: {found['reason']}), back {back:.1f} s after it woke")


@scenario("stall-until-enumerated", FREEZE)
def until_enumerated(stage: Stage) -> None:
    """One that wakes only when the host enumerates it again (``authorized`` 0, 1), as owners pull the plug for."""
    with stage.box(EXACT) as box:
        plug, listener = _heard(box, "S2")
        box.settled()
        with box.hearing():
            plug.mode = Mode.STALL_UNTIL_RESET
            _until_noticed(box)
            time.sleep(8)
            assert plug.mode is Mode.STALL_UNTIL_RESET, "it woke without being enumerated again"
            device = box.guest.check("grep -lx S2 /sys/bus/usb/devices/*/serial").strip().removesuffix("/serial")
            box.guest.check(f"echo 0 > {device}/authorized && echo 1 > {device}/authorized")
            begin = time.monotonic()
            back = listener.until_sound(box.patience(12), begin) - begin
        box.hears(listener, 440)
        box.until_state(NAME, "LIVE")
        stage.note(f"back {back:.1f} s after it was enumerated again")


def _heard(box: Box, serial: str) -> tuple[Plug, Listener]:
    """A microphone in port 0, and somebody who hears it."""
    plug = box.plug(0, Microphone(serial=serial, pattern=Sine(440)))
    box.until_state(NAME, "LIVE")
    listener = box.listen(NAME)
    box.hears(listener, 440)
    return plug, listener


def _until_noticed(box: Box) -> float:
    return box.until(lambda: box.stream(NAME).get("state") not in ("LIVE", None), NOTICED_LIMIT, "the stall is noticed")
