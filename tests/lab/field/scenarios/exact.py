"""Bit by bit what the microphone heard."""

from __future__ import annotations

import time

from lab.microphone.microphone import Microphone
from lab.microphone.pattern import Count

from field.box import EXACT
from field.sabotage import DRIED_UP, SPOILT, TORN
from field.scenario import scenario
from field.stage import Stage


@scenario("exact", TORN, SPOILT, DRIED_UP, is_smoke=True)
def exact(stage: Stage) -> None:
    """Twenty seconds of the count pattern through the whole chain: nothing lost, nothing inserted."""
    with stage.box(EXACT) as box:
        box.plug(0, Microphone(serial="C1", pattern=Count()))
        listener = box.listen("lab-microphone")
        listener.until(lambda: listener.packets, box.patience(15), "heard")
        time.sleep(1)
        box.settled()
        with box.hearing():
            begin = time.monotonic()
            time.sleep(8 if stage.is_smoke else 20)
            box.exact(listener, begin)
        assert listener.sessions == 1, listener.ends
