"""Connected, and not a sample comes."""

from __future__ import annotations

import time

from lab.microphone.microphone import Microphone, Mode
from lab.microphone.pattern import Sine

from field.box import EXACT
from field.sabotage import FREEZE
from field.scenario import scenario
from field.stage import Stage

NOTICED_LIMIT = 6.0


@scenario("stall", FREEZE)
def stall(stage: Stage) -> None:
    """Noticed within 6 s and said; the listener stays; the sound is back when the microphone wakes."""
    with stage.box(EXACT) as box:
        plug = box.plug(0, Microphone(serial="S1", pattern=Sine(440)))
        box.until_state("lab-microphone", "LIVE")
        listener = box.listen("lab-microphone")
        box.hears(listener, 440)
        box.settled()
        plug.mode = Mode.STALL
        noticed = box.until(
            lambda: box.stream("lab-microphone").get("state") not in ("LIVE", None), NOTICED_LIMIT, "the stall noticed"
        )
        time.sleep(3)
        found = box.stream("lab-microphone")
        plug.mode = Mode.RUN
        begin = time.monotonic()
        back = listener.until_sound(box.patience(12), begin) - begin
        box.hears(listener, 440)
        box.until_state("lab-microphone", "LIVE")
        assert listener.sessions == 1, f"the listener was let go: {listener.ends}"
        assert found["reason"], "no reason was given"
    stage.note(f"noticed after {noticed:.1f} s ({found['state']}: {found['reason']}), back {back:.1f} s after it woke")


@scenario("stall-until-enumerated", FREEZE)
def until_enumerated(stage: Stage) -> None:
    """One that wakes only when the host enumerates it again (``authorized`` 0, 1), as owners pull the plug for."""
    with stage.box(EXACT) as box:
        plug = box.plug(0, Microphone(serial="S2", pattern=Sine(440)))
        box.until_state("lab-microphone", "LIVE")
        listener = box.listen("lab-microphone")
        box.hears(listener, 440)
        box.settled()
        plug.mode = Mode.STALL_UNTIL_RESET
        box.until(lambda: box.states().get("lab-microphone") not in ("LIVE", None), NOTICED_LIMIT, "the stall noticed")
        time.sleep(8)
        assert plug.mode is Mode.STALL_UNTIL_RESET, "it woke without being enumerated again"
        device = box.guest.check("grep -lx S2 /sys/bus/usb/devices/*/serial").strip().removesuffix("/serial")
        box.guest.check(f"echo 0 > {device}/authorized && echo 1 > {device}/authorized")
        begin = time.monotonic()
        stage.note(f"back {listener.until_sound(box.patience(12), begin) - begin:.1f} s after it was enumerated again")
        box.until_state("lab-microphone", "LIVE")
