"""How a scenario is shown to be able to fail: behind its back, what it must notice is brought about.

A sabotage makes the box behave as a program with that very fault would: the wrong microphone under a URL, a sample
torn out, advice that helps nobody. Where no fault of the program can be played, its premise is broken.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lab.microphone.microphone import Microphone, Mode, Strings
from lab.microphone.pattern import Count, Noise, Sine, SpoiltCount, TornCount

from field.unit import CONFIG, NAME, PROCESSES, STATE, UNIT_FILE

if TYPE_CHECKING:
    from field.box import Box

Alter = Callable[[Microphone], Microphone]
Strike = Callable[["Box"], object]
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def _same(microphone: Microphone) -> Microphone:
    return microphone


def _true(stream: dict[str, Any]) -> dict[str, Any]:
    return stream


def _nothing(box: Box) -> None:
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class Sabotage:
    """*alter* changes each microphone that is plugged in, *alter_later* those plugged in once all was well;
    *undermine* is done to the box before the service starts, *strike* once all is well; *answer* changes what the
    program says of a stream, *hide* what it prints.
    """

    words: str
    alter: Alter = _same
    alter_later: Alter = _same
    undermine: Strike = _nothing
    strike: Strike = _nothing
    answer: Answer = _true
    hide: Callable[[str], str] = str


def _mute(microphone: Microphone) -> Microphone:
    return replace(microphone, mode=Mode.MUTE)


def _torn(microphone: Microphone) -> Microphone:
    return replace(microphone, pattern=TornCount()) if isinstance(microphone.pattern, Count) else microphone


def _spoilt(microphone: Microphone) -> Microphone:
    return replace(microphone, pattern=SpoiltCount()) if isinstance(microphone.pattern, Count) else microphone


def _detuned(microphone: Microphone) -> Microphone:
    sound = microphone.pattern
    return replace(microphone, pattern=Sine(sound.hertz + 30)) if isinstance(sound, Sine) else microphone


def _swapped(microphone: Microphone) -> Microphone:
    tones = {440: Sine(700), 700: Sine(440)}
    sound = microphone.pattern
    if not isinstance(sound, Sine) or sound.hertz not in tones:
        return microphone
    return replace(microphone, pattern=tones[sound.hertz])


def _chattering() -> Callable[[str], str]:
    looks = itertools.count()
    return lambda text: text + "tick\n" * 20 * next(looks)


def shell(command: str) -> Strike:
    """A command line in the guest, as root."""
    return lambda box: box.guest.check(command)


GLUTTON = (
    f"echo $$ > /sys/fs/cgroup$(systemctl show -P ControlGroup {NAME})/cgroup.procs; "
    "exec python3 -c 'import time; held = b\"x\" * (150 << 20); time.sleep(900)'"
)
RELOAD = "systemctl daemon-reload"
NONE = Sabotage(words="nothing")
MUTE = Sabotage(words="all microphones are mute", alter=_mute)
TORN = Sabotage(words="5 ms are torn out of each 0.7 s", alter=_torn)
SPOILT = Sabotage(words="1 ms of each 20 says something else", alter=_spoilt)
DETUNED = Sabotage(words="each tone is 30 Hz higher", alter=_detuned)
SWAPPED = Sabotage(words="the tones of two microphones are swapped once all was well", alter_later=_swapped)
QUIET_ROOM = Sabotage(
    words="every microphone hears a quiet room", alter=lambda microphone: replace(microphone, pattern=Noise(3))
)
STRANGER = Sabotage(
    words="every microphone has another product string",
    alter=lambda microphone: replace(microphone, strings=Strings(product="Stranger")),
)
IMPOSTOR = Sabotage(
    words="the stranger has our serial number", alter=lambda microphone: replace(microphone, serial="SN4711")
)
WRONG_WORDS = Sabotage(
    words="every reason is the same idle phrase", answer=lambda stream: {**stream, "reason": "something is wrong"}
)
SPEECHLESS = Sabotage(words="nothing that the program prints is seen", hide=lambda text: "")
FREEZE = Sabotage(
    words="the supervisor is stopped once all is well",
    strike=lambda box: box.guest.check(f"kill -STOP {box.main_pid()}"),
)
SLUGGISH = Sabotage(
    words="the supervisor is stopped for 8 s once all is well",
    strike=lambda box: box.guest.spawn(f"kill -STOP {box.main_pid()}; sleep 8; kill -CONT {box.main_pid()}"),
)
DRIED_UP = Sabotage(
    words="all processes of the service are stopped once all is well", strike=shell(f"kill -STOP $({PROCESSES})")
)
HEAVY = Sabotage(
    words="a process of the service takes 150 MB more once all is well", strike=lambda box: box.guest.spawn(GLUTTON)
)
CHATTY = Sabotage(words="each look at the journal finds twenty lines more", hide=_chattering())
RESTARTED = Sabotage(words="the service is restarted once all is well", strike=shell(f"systemctl restart {NAME}"))
NOT_ENABLED = Sabotage(words="the unit is disabled once all is well", strike=shell(f"systemctl disable -q {NAME}"))
FORGETFUL = Sabotage(
    words="the names are forgotten once all is well",
    strike=shell(f"rm -f /etc/audio-rtsp/device_map.conf {STATE}/device_map.conf {STATE}/*.json"),
)
EMPTIED = Sabotage(words="the settings are empty after the cut", strike=shell(f"truncate -s 0 {CONFIG}"))
BY_NAME = Sabotage(
    words="the unit allows char-alsa, which a box without cards does not know",
    undermine=shell(f"sed -i s/char-116/char-alsa/ {UNIT_FILE}; {RELOAD}"),
)
BARE = Sabotage(
    words="the unit has no sandbox",
    undermine=shell(f"sed -i -E '/^(Protect|Restrict|Private|SystemCall)/d' {UNIT_FILE}; {RELOAD}"),
)
ROUGH_RELOAD = Sabotage(
    words="a reload kills the service", undermine=shell(f"sed -i 's/kill -HUP/kill -KILL/' {UNIT_FILE}; {RELOAD}")
)
