"""The unit under its sandbox."""

from __future__ import annotations

import re

from lab.errors import CommandFailed
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, Box
from field.sabotage import BARE, DEAF_TO_UDEV, FORBIDDEN_CALL, WRONG_WORDS
from field.scenario import scenario
from field.stage import Stage
from field.unit import NAME, PACKAGE, UNIT_FILE

BUDGET = 1.5
"""``systemd-analyze security``: 0 is best, 10 worst."""

UDEV_LIMIT = 8.0
UDEV_GROUP = 0x2
"""Of NETLINK_KOBJECT_UEVENT (15): what udev says, where 0x1 is what the kernel says."""

STRICT = f"mkdir -p {UNIT_FILE}.d && printf '[Service]\\nSystemCallErrorNumber=kill\\n' > {UNIT_FILE}.d/strict.conf"
"""In the shipped unit a forbidden call fails, which nobody sees; here whoever makes one is killed, and that is said."""

SUPERVISOR = f"{PACKAGE}/supervision/supervisor.py"
NO_POLL = f"sed -i 's/^POLL = 10.0$/POLL = 3600.0/' {SUPERVISOR} && grep -q '^POLL = 3600.0$' {SUPERVISOR}"
"""The look every ten seconds would hide that udev is not heard."""

KILLED_BY_FILTER = "(journalctl -b --no-pager -t systemd -t kernel -t audit; dmesg) | grep -E 'status=31/SYS|type=1326'"


@scenario("hardening", WRONG_WORDS, BARE, FORBIDDEN_CALL, DEAF_TO_UDEV)
def hardening(stage: Stage) -> None:
    """No forbidden call, the device within reach, udev heard, the holder of a busy device named, exposure in budget."""
    with stage.box(config=None) as box:
        box.guest.check(f"{STRICT} && systemctl daemon-reload && {NO_POLL}")
        _hold_one(box)
        _start(box)
        taken = box.until_state("taken", "BUSY", 15)
        assert "held by arecord (pid " in taken["reason"], f"the holder is not named: {taken}"
        late = _hears_udev(box)
        box.reload()
        box.hears(box.listen("late"), 440)
        _nothing_was_killed(box)
        words = box.guest.check(f"systemd-analyze security {NAME} --no-pager | tail -1")
        score = float((re.search(r"(\d+\.\d)", words) or ["99"])[0])
        stage.note(f"exposure {score} of {BUDGET}; late live after {late:.1f} s; the other {taken['reason']}")
        assert score <= BUDGET, words


def _start(box: Box) -> None:
    """Without ffmpeg, killed as well, there is no start."""
    try:
        box.start(EXACT)
    except CommandFailed as error:
        raise AssertionError(f"the service does not start: {error}") from None


def _hold_one(box: Box) -> None:
    """A microphone that another program has before the service comes."""
    box.plug(0, Microphone(serial="H2", strings=Strings(product="Taken")))
    box.until(lambda: box.guest.card_count() == 1, 5, "the card is there")
    box.guest.spawn("until arecord -q -D hw:Taken -f S16_LE -r 48000 -c 1 /dev/null; do sleep 0.1; done")
    box.until(lambda: "RUNNING" in box.guest.check("cat /proc/asound/Taken/pcm0c/sub0/status"), 5, "it is held")


def _hears_udev(box: Box) -> float:
    """Nothing else tells of a microphone that comes, and of one that goes; the seconds until it is LIVE."""
    late = Microphone(serial="H1", strings=Strings(product="Late"), pattern=Sine(440))
    box.plug(1, late)
    seconds = box.until(lambda: box.states().get("late") == "LIVE", UDEV_LIMIT, "late is LIVE by udev's word")
    groups = box.guest.run(f"awk '$2 == 15 && $3 == {box.main_pid()} {{print $4}}' /proc/net/netlink").stdout.split()
    assert any(int(one, 16) & UDEV_GROUP for one in groups), f"udev's group is not joined: {groups}"
    return seconds


def _nothing_was_killed(box: Box) -> None:
    killed = box.guest.run(KILLED_BY_FILTER)
    assert not killed.stdout, f"a filter killed something: {killed.stdout}"
    assert box.guest.check(f"systemctl show -P NRestarts {NAME}").strip() == "0", "the service was restarted"
    late = box.stream("late")
    assert (late["capture_restarts"], late["encoder_restarts"]) == (0, 0), f"something ended: {late}"
