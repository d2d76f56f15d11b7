"""The wall clock jumps, as on every box without one of its own."""

from __future__ import annotations

import time

from lab.microphone.microphone import Microphone
from lab.microphone.pattern import Count

from field.box import EXACT
from field.sabotage import CHATTY, DRIED_UP, RESTARTED, TORN
from field.scenario import scenario
from field.stage import Stage

HOUR = 3600.0
FLOOD_LINES = 10


@scenario("clock", TORN, RESTARTED, DRIED_UP, CHATTY)
def clock(stage: Stage) -> None:
    """An hour on, an hour back, and 1970 to today while streaming: no restart, no gap, no flood of words."""
    with stage.box(EXACT) as box:
        box.plug(0, Microphone(serial="W1", pattern=Count()))
        before = box.until_state("lab-microphone", "LIVE")
        listener = box.listen("lab-microphone")
        listener.until(lambda: listener.packets, box.patience(10), "heard")
        time.sleep(1)
        lines = len(box.journal("@0").splitlines())
        box.settled()
        with box.hearing():
            begin = time.monotonic()
            for seconds in (time.time() + HOUR, time.time() - HOUR, 1000.0, time.time()):
                box.guest.set_clock(seconds)
                time.sleep(3)
            box.exact(listener, begin)
        after = box.stream("lab-microphone")
        said = len(box.journal("@0").splitlines()) - lines
        assert listener.sessions == 1, f"the listener was let go: {listener.ends}"
        for key in ("capture_pid", "encoder_pid", "capture_restarts", "encoder_restarts"):
            assert before[key] == after[key], f"{key} was {before[key]}, is {after[key]}"
        assert said < FLOOD_LINES, f"{said} lines in the journal"
