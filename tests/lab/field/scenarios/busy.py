"""Another program holds the microphone."""

from __future__ import annotations

import time

from lab.microphone.microphone import Microphone
from lab.microphone.pattern import Sine

from field.box import EXACT
from field.sabotage import SLEEPY, WRONG_WORDS
from field.scenario import scenario
from field.stage import Stage

LIVE_AGAIN = 1.5
ONE_START = "ffmpeg -v error -f s16le -ar 48000 -ac 1 -t 0.1 -i /dev/zero -f null -"
"""A start of the encoder without anything to wait for: 0.7 to 1.0 s under emulation, where a board takes a fraction.
What it takes just then is allowed on top of LIVE_AGAIN."""


MOST_START = 2.0
"""More than that is no start, but a machine that is too busy to tell."""


@scenario("busy", WRONG_WORDS, SLEEPY, is_smoke=True)
def busy(stage: Stage) -> None:
    """Said with the holder's name and pid; live soon after it lets go."""
    with stage.box(config=None) as box:
        box.plug(0, Microphone(serial="B1", pattern=Sine(440)))
        box.until(lambda: box.guest.card_count() == 1, 5, "the card is there")
        time.sleep(0.5)
        holder = box.guest.spawn("exec arecord -q -D hw:0 -f S16_LE -r 48000 -c 1 /dev/null")
        box.until(lambda: "RUNNING" in box.guest.check("cat /proc/asound/card0/pcm0c/sub0/status"), 5, "it is held")
        pid = box.guest.check("pgrep -x arecord").strip()
        begin = time.monotonic()
        box.guest.check(ONE_START)
        allowed = LIVE_AGAIN + min(MOST_START, time.monotonic() - begin)
        box.start(EXACT)
        found = box.until_state("lab-microphone", "BUSY", 10)
        assert f"held by arecord (pid {pid})" in found["reason"], found["reason"]
        listener = box.listen("lab-microphone")
        with box.hearing():
            box.settled()
            begin = time.monotonic()
            box.guest.check(f"kill {pid}")
            taken = listener.until_sound(box.patience(15)) - begin
        box.guest.wait(holder, 5)
        box.hears(listener, 440)
        stage.note(f"{found['reason']}; heard {taken:.2f} s (allowed {allowed:.2f} s) after it let go")
        assert taken < allowed, f"heard only {taken:.2f} s after it let go, where {allowed:.2f} s are allowed"
