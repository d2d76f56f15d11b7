"""The unit under its sandbox."""

from __future__ import annotations

import re

from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, Box
from field.sabotage import BARE, WRONG_WORDS
from field.scenario import scenario
from field.stage import Stage
from field.unit import NAME

BUDGET = 1.5
"""``systemd-analyze security``: 0 is best, 10 worst."""

UDEV_LIMIT = 5.0
"""Seconds from the plug to LIVE by udev's word; the poll that is the floor comes every ten."""

KILLED_BY_FILTER = "journalctl -b --no-pager _TRANSPORT=audit + _PID=1 | grep -E 'SIGSYS|status=31/SYS|type=1326'"


@scenario("hardening", WRONG_WORDS, BARE)
def hardening(stage: Stage) -> None:
    """No SIGSYS, the device within reach, udev heard, the holder of a busy device named, exposure within budget."""
    with stage.box(config=None) as box:
        _hold_one(box)
        box.start(EXACT)
        taken = box.until_state("taken", "BUSY", 15)
        assert "arecord" in taken["reason"], f"the holder is not named: {taken}"
        box.plug(1, Microphone(serial="H1", strings=Strings(product="Late"), pattern=Sine(440)))
        assert box.guest.run(f"grep -qE '^\\S+ 15 +{box.main_pid()} ' /proc/net/netlink").code == 0, (
            "udev is not listened to"
        )
        late = box.until(lambda: box.states().get("late") == "LIVE", UDEV_LIMIT, "late is LIVE by udev's word")
        box.hears(box.listen("late"), 440)
        killed = box.guest.run(KILLED_BY_FILTER)
        assert not killed.stdout, f"a filter killed something: {killed.stdout}"
        words = box.guest.check(f"systemd-analyze security {NAME} --no-pager | tail -1")
        score = float((re.search(r"(\d+\.\d)", words) or ["99"])[0])
        stage.note(f"exposure {score} of {BUDGET}; late live after {late:.1f} s; the other {taken['reason']}")
        assert score <= BUDGET, words


def _hold_one(box: Box) -> None:
    """A microphone that another program has before the service comes."""
    box.plug(0, Microphone(serial="H2", strings=Strings(product="Taken")))
    box.until(lambda: box.guest.card_count() == 1, 5, "the card is there")
    box.guest.spawn("until arecord -q -D hw:Taken -f S16_LE -r 48000 -c 1 /dev/null; do sleep 0.1; done")
    box.until(lambda: "RUNNING" in box.guest.check("cat /proc/asound/Taken/pcm0c/sub0/status"), 5, "it is held")
