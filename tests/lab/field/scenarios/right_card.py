"""The card's id is taken by another card between resolving and opening."""

from __future__ import annotations

import time
from array import array
from dataclasses import replace

from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine
from lab.sound.tone import is_audible, measure_tone

from field.box import EXACT, LIVE_LIMIT, RATE
from field.sabotage import IMPOSTOR
from field.scenario import scenario
from field.stage import Stage

OURS = Microphone(serial="SN4711", strings=Strings(product="Desk"), pattern=Sine(440))
STRANGER = replace(OURS, serial="SN4712", pattern=Sine(700))
WINDOW = RATE // 10
PAUSES = (0.0, 0.1, 0.3, 0.6, 1.0)


@scenario("right-card", IMPOSTOR)
def right_card(stage: Stage) -> None:
    """A microphone goes, another one gets its card number and id at once, and is never heard under the first's URL."""
    with stage.box(EXACT) as box:
        box.plug(0, OURS)
        box.until_state("desk", "LIVE")
        listener = box.listen("desk")
        listener.until_sound(box.patience(10))
        begin = time.monotonic()
        for pause in PAUSES:
            box.unplug(0)
            time.sleep(pause)
            box.plug(1, STRANGER)
            time.sleep(3)
            box.unplug(1)
            box.plug(0, OURS)
            box.until(lambda: box.states().get("desk") == "LIVE", LIVE_LIMIT, "desk is LIVE again")
        wrong = wrong_seconds(listener.samples(begin))
        box.hears(listener, 440)
        stage.note(f"{wrong:.1f} s of the other one")
        assert wrong == 0, f"{wrong:.1f} s of another microphone under the URL of this one"


def wrong_seconds(samples: array[int]) -> float:
    """How long the tone of the stranger is in there, in whole windows."""
    windows = [samples[start : start + WINDOW] for start in range(0, len(samples) - WINDOW, WINDOW)]
    tones = [measure_tone(window, RATE).hertz for window in windows if is_audible(window)]
    return sum(abs(hertz - 700) < 70 for hertz in tones) * WINDOW / RATE
