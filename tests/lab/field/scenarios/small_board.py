"""The whole product on one slow core with 512 MB."""

from __future__ import annotations

import time

from lab.ear.listener import Listener
from lab.machine.hardware import SMALL_BOARD
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Count
from lab.sound.tone import is_any

from field.box import EXACT, Box
from field.sabotage import HEAVY, TORN
from field.scenario import scenario
from field.stage import Stage
from field.unit import PROCESSES

MEMORY_MB = 190.0
SECONDS = 20.0
PSS = f"for p in $({PROCESSES}); do cat /proc/$p/smaps_rollup; done | awk '/^Pss:/ {{sum += $2}} END {{print sum}}'"


@scenario("small-board", TORN, HEAVY)
def small_board(stage: Stage) -> None:
    """Three microphones: at most 190 MB, nothing killed for want of memory, and every sample."""
    with stage.cold_box(SMALL_BOARD, EXACT) as box:
        ears = three_microphones(box)
        box.settled()
        with box.hearing():
            begin = time.monotonic()
            time.sleep(SECONDS)
            for ear in ears:
                box.exact(ear, begin)
        megabytes = int(box.guest.check(PSS)) / 1024
        stage.note(f"{megabytes:.0f} MB PSS")
        assert megabytes <= MEMORY_MB, f"{megabytes:.0f} MB PSS"
        assert "Out of memory" not in box.guest.check("dmesg"), "something was killed for want of memory"


def three_microphones(box: Box) -> list[Listener]:
    """Count patterns on three ports, each with a listener that hears."""
    names = ("one", "two", "three")
    for port, name in enumerate(names):
        box.plug(port, Microphone(serial=name, strings=Strings(product=name), pattern=Count()))
    box.until(lambda: list(box.states().values()) == ["LIVE"] * 3, 40, "three streams LIVE")
    ears = [box.listen(name) for name in names]
    for ear in ears:
        ear.until_sound(box.patience(15), is_sound=is_any)
    time.sleep(2)
    return ears
