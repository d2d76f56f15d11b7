"""The unit under its sandbox."""

from __future__ import annotations

import re
import time

from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT
from field.sabotage import BARE, WRONG_WORDS
from field.scenario import scenario
from field.stage import Stage
from field.unit import NAME, SANDBOX, SANDBOX_FILE

BUDGET = 2.5
"""``systemd-analyze security``: 0 is best, 10 worst."""


@scenario("hardening", WRONG_WORDS, BARE)
def hardening(stage: Stage) -> None:
    """No SIGSYS, the device within reach, udev heard, the holder of a busy device still named."""
    with stage.box(config=None) as box:
        box.guest.check(f"mkdir -p {SANDBOX_FILE.rpartition('/')[0]}")
        box.guest.put(SANDBOX.encode(), SANDBOX_FILE)
        box.guest.check("systemctl daemon-reload")
        box.start(EXACT)
        box.plug(0, Microphone(serial="H1", pattern=Sine(440)))
        box.until_state("lab-microphone", "LIVE")
        box.hears(box.listen("lab-microphone"), 440)
        box.plug(1, Microphone(serial="H2", strings=Strings(product="Taken")))
        box.guest.spawn("until arecord -q -D hw:1 -f S16_LE -r 48000 -c 1 /dev/null; do sleep 0.05; done")
        box.until(lambda: box.stream("taken"), 10, "the second stream")
        time.sleep(2)
        taken = box.stream("taken")
        killed = box.guest.run(
            "journalctl -b --no-pager _TRANSPORT=audit + _PID=1 | grep -E 'SIGSYS|status=31/SYS|type=1326'"
        )
        assert not killed.stdout, f"a filter killed something: {killed.stdout}"
        words = box.guest.check(f"systemd-analyze security {NAME} --no-pager | tail -1")
        score = float((re.search(r"(\d+\.\d)", words) or ["99"])[0])
        assert score <= BUDGET, words
        stage.note(f"{score} of {BUDGET}; the other: {taken['state']} {taken['reason']}")
        assert taken["state"] != "BUSY" or "arecord" in taken["reason"], taken
