"""A service user without the right to the sound devices."""

from __future__ import annotations

import re

from lab.microphone.microphone import Microphone
from lab.microphone.pattern import Sine

from field.box import EXACT
from field.sabotage import WRONG_FIX, WRONG_WORDS
from field.scenario import scenario
from field.stage import Stage
from field.unit import NAME, UNIT_FILE, USER

FIX = re.compile(rf"; type: sudo (usermod -aG audio {USER}), then sudo (systemctl restart {NAME}\.service)$")


@scenario("permission", WRONG_WORDS, WRONG_FIX)
def permission(stage: Stage) -> None:
    """Without the group audio the reason names the fix, and whoever types it hears the microphone."""
    with stage.box(config=None) as box:
        box.guest.check(f"gpasswd -d {USER} audio && sed -i /SupplementaryGroups/d {UNIT_FILE}")
        box.guest.check("systemctl daemon-reload")
        box.start(EXACT)
        box.plug(0, Microphone(serial="P1", pattern=Sine(440)))
        box.until(lambda: box.stream("lab-microphone").get("state") == "COOLDOWN", 15, "the refusal is seen")
        reason = box.stream("lab-microphone")["reason"]
        fix = FIX.search(reason)
        assert fix, f"no fix that can be typed: {reason}"
        for command in fix.groups():
            box.guest.check(command)
        box.until_state("lab-microphone", "LIVE")
        box.hears(box.listen("lab-microphone"), 440)
        stage.note(reason)
