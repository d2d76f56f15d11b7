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

from field.unit import CONFIG, NAME, PACKAGE, PROCESSES, STATE, UNIT_FILE

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


def _doze(seconds: int) -> Strike:
    def doze(box: Box) -> None:
        pid = box.main_pid()
        box.guest.check(f"kill -STOP {pid}")
        box.guest.spawn(f"sleep {seconds}; kill -CONT {pid}")

    return doze


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
SLEEPY = Sabotage(words="the supervisor is stopped for 4 s once all is well", strike=_doze(4))
SLUGGISH = Sabotage(words="the supervisor is stopped for 8 s once all is well", strike=_doze(8))
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


# Cards, names, formats, rights, power


def _soft(microphone: Microphone) -> Microphone:
    sound = microphone.pattern
    is_loud = isinstance(sound, Sine) and sound.amplitude > 1
    return replace(microphone, pattern=Sine(440)) if is_loud else microphone


def _other_group(stream: dict[str, Any]) -> dict[str, Any]:
    return {**stream, "reason": stream["reason"].replace("-aG audio ", "-aG nogroup ")}


def _mix_up(box: Box) -> None:
    """The service keeps them in memory, and reads them again when it starts."""
    one, other = sorted(box.states())
    box.guest.check(f"sed -i 's/={one}$/=@/; s/={other}$/={one}/; s/=@$/={other}/' {STATE}/device_map.conf && sync")


def drop_in(name: str, line: str) -> str:
    """A command that adds a line to the unit's [Service]."""
    folder = f"{UNIT_FILE}.d"
    return f"mkdir -p {folder} && printf '[Service]\\n{line}\\n' > {folder}/{name}.conf && {RELOAD}"


SOFT = Sabotage(words="a shout is no louder than speech", alter=_soft)
WRONG_FIX = Sabotage(words="the fix names another group", answer=_other_group)
MIXED_UP = Sabotage(words="the names of two microphones are swapped in the state once all is well", strike=_mix_up)
OLD_SETTINGS = Sabotage(
    words="the settings of yesterday are back after the cut",
    strike=shell(f"sed -i 's/^AUDIO_BITRATE=.*/AUDIO_BITRATE=64001/' {CONFIG}"),
)
OLD_NAMES = Sabotage(
    words="the names of yesterday are back after the cut",
    strike=shell(f"sed -i 's/=gone-.*/=gone-64001/' {STATE}/device_map.conf"),
)
SLOW_START = Sabotage(
    words="from the next boot on the service starts 20 s late",
    strike=shell(drop_in("slow", "ExecStartPre=/bin/sleep 20")),
)
DOWNMIXED = Sabotage(
    words="every stream is mono",
    undermine=shell("sed -i s/^AUDIO_CHANNELS=2/AUDIO_CHANNELS=1/ /etc/audio-rtsp/devices/*"),
)
ENDLESS = Sabotage(
    words="a gap is filled for five minutes",
    undermine=shell(f"sed -i s/^GAP_FILL_SECONDS=.*/GAP_FILL_SECONDS=300/ {CONFIG}"),
)
MUTE_PLAYER = Sabotage(
    words="what is played is silence",
    strike=shell("printf '#!/bin/sh\\nsleep 60\\n' > /usr/local/bin/aplay && chmod +x /usr/local/bin/aplay"),
)
BLIND = Sabotage(
    words="nobody looks whose card it is that was opened",
    undermine=shell(
        f"cd {PACKAGE}/supervision && sed -i 's/source.is_there) and self._is_right_card(source, run)/lambda: True)/' "
        "capture_side.py && grep -q 'lambda: True' capture_side.py"
    ),
)
FORBIDDEN_CALL = Sabotage(
    words="the filter forbids a call that ffmpeg makes",
    undermine=shell(drop_in("forbidden", "SystemCallFilter=~sched_getaffinity")),
)
DEAF_TO_UDEV = Sabotage(
    words="the unit may not hear udev", undermine=shell(f"sed -i 's/ AF_NETLINK$//' {UNIT_FILE}; {RELOAD}")
)
