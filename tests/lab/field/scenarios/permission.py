"""A service user without the right to the sound devices."""

from __future__ import annotations

from lab.microphone.microphone import Microphone

from field.box import EXACT
from field.sabotage import WRONG_WORDS
from field.scenario import scenario
from field.stage import Stage
from field.unit import UNIT_FILE


@scenario("permission", WRONG_WORDS)
def permission(stage: Stage) -> None:
    """Without the group audio the reason names the fix."""
    with stage.box(config=None) as box:
        box.guest.check(f"gpasswd -d audio-rtsp audio && sed -i /SupplementaryGroups/d {UNIT_FILE}")
        box.guest.check("systemctl daemon-reload")
        box.start(EXACT)
        box.plug(0, Microphone(serial="P1"))
        box.until(lambda: box.stream("lab-microphone"), 10, "the stream is listed")
        box.until(lambda: "audio" in box.stream("lab-microphone")["reason"], 15, "the reason names the group")
        found = box.stream("lab-microphone")
        assert found["state"] != "LIVE", found
        stage.note(found["reason"])
