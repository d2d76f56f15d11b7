"""The card's number and id are taken by another card, also between resolving and opening."""

from __future__ import annotations

import itertools
import time
from array import array
from dataclasses import dataclass, replace

from lab.ear.listener import Listener
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, LIVE_LIMIT, RATE, Box
from field.sabotage import BLIND, IMPOSTOR
from field.scenario import scenario
from field.stage import Stage
from field.unit import NAME

OURS = Microphone(serial="SN4711", strings=Strings(product="Desk"), pattern=Sine(440))
STRANGER = replace(OURS, serial="SN4712", pattern=Sine(700))
WAVES = 3
"""So many in a row are no accident: 4 ms."""

PAUSES = (0.0, 0.3, 1.0)
HELD_ROUNDS = 2

HELD, GO = "/run/held-captures", "/run/go-"
FOLDER = "/opt/held"
HELD_ARECORD = f"""#!/bin/bash
while [ -e {HELD} ] && [ ! -e {GO}$$ ]; do sleep 0.03; done
exec /usr/bin/arecord "$@"
"""
"""arecord as a slow machine starts it: what it shall open is settled, and it has not opened it."""

UNIT = f"/etc/systemd/system/{NAME}.service.d/held.conf"
PATH = f"[Service]\nEnvironment=PATH={FOLDER}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin\n"


@dataclass(frozen=True, slots=True)
class Place:
    """The first card: its id, and where its device is."""

    id: str
    device: str


@scenario("right-card", IMPOSTOR, BLIND)
def right_card(stage: Stage) -> None:
    """A microphone goes, another one gets its card number and id at once, and is never heard under the first's URL."""
    with stage.box(config=None) as box:
        _install_held_arecord(box)
        box.start(EXACT)
        box.plug(0, OURS)
        box.until_state("desk", "LIVE")
        listener = box.listen("desk")
        listener.until_sound(box.patience(10))
        ours = _first_card(box)
        with box.hearing():
            begin = time.monotonic()
            taken = sum(_swap(box, ours, pause) for pause in PAUSES)
            opened = sum(_swap_before_it_opens(box, listener, ours) for _ in range(HELD_ROUNDS))
            wrong = wrong_seconds(listener.samples(begin))
        box.hears(listener, 440)
        stage.note(
            f"{wrong:.2f} s of the other one, which took number and id in {taken} of {len(PAUSES)} swaps, "
            f"and in {HELD_ROUNDS} between resolving and opening (opened {opened} times)"
        )
        assert wrong == 0, f"{wrong:.2f} s of another microphone under the URL of this one"
        assert taken, "the premise is gone: the other one never got the number and the id"


def _install_held_arecord(box: Box) -> None:
    box.guest.check(f"mkdir -p {FOLDER} {UNIT.rpartition('/')[0]}")
    box.guest.put(HELD_ARECORD.encode(), f"{FOLDER}/arecord", "755")
    box.guest.put(PATH.encode(), UNIT)
    box.guest.check("systemctl daemon-reload")


def _first_card(box: Box) -> Place:
    said = box.guest.run("cat /proc/asound/card0/id && readlink /sys/class/sound/card0").stdout.split()
    return Place(*said) if len(said) == 2 else Place("", "")


def _has_taken(box: Box, ours: Place) -> bool:
    there = _first_card(box)
    return there.id == ours.id and there.device != ours.device


def _swap(box: Box, ours: Place, pause: float) -> bool:
    """Ours goes, the stranger comes, and the other way round; whether the stranger got our number and id."""
    box.unplug(0)
    time.sleep(pause)
    box.plug(1, STRANGER)
    time.sleep(3)
    has_taken = _has_taken(box, ours)
    _come_back(box)
    return has_taken


def _swap_before_it_opens(box: Box, listener: Listener, ours: Place) -> bool:
    """The same while a capture of ours has been started and has opened nothing, with a supervisor that sleeps
    meanwhile as on a machine that is too busy; whether the capture opened the stranger.
    """
    supervisor = box.main_pid()
    box.guest.check(f"touch {HELD} && pkill -KILL -x arecord")
    box.until(lambda: _held_captures(box), 3, "the next capture is held up")
    (pid,) = _held_captures(box)
    box.guest.check(f"kill -STOP {supervisor}")
    box.unplug(0)
    box.plug(1, STRANGER)
    box.until(lambda: _has_taken(box, ours), 3, "the stranger has number and id")
    assert _held_captures(box) == [pid], "the premise is gone: the capture did not wait"
    box.guest.check(f"kill -CONT {supervisor}; touch {GO}{pid}")
    has_opened = False
    end = time.monotonic() + 2
    while time.monotonic() < end:
        status = box.guest.run("cat /proc/asound/card0/pcm0c/sub0/status").stdout
        has_opened = has_opened or f": {pid}\n" in status
    box.guest.check(f"rm {HELD} {GO}*")
    _come_back(box)
    listener.until_sound(box.patience(10), time.monotonic())
    time.sleep(1.5)
    return has_opened


def _held_captures(box: Box) -> list[int]:
    """Those that wait, by the script that they still are."""
    return [int(word) for word in box.guest.run(f"pgrep -f '^/bin/bash {FOLDER}/arecord'").stdout.split()]


def _come_back(box: Box) -> None:
    box.unplug(1)
    box.plug(0, OURS)
    box.until(lambda: box.states().get("desk") == "LIVE", LIVE_LIMIT, "desk is LIVE again")


def wrong_seconds(samples: array[int]) -> float:
    """How long the tone of the stranger is in there: waves of its length, some in a row."""
    rising = [number for number, (one, other) in enumerate(itertools.pairwise(samples)) if one < 0 <= other]
    waves = [other - one for one, other in itertools.pairwise(rising)]
    runs = [list(run) for is_his, run in itertools.groupby(waves, lambda wave: abs(wave - RATE / 700) < 4) if is_his]
    return sum(sum(run) for run in runs if len(run) >= WAVES) / RATE
