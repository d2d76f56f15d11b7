"""Each URL keeps its microphone, whatever comes in whatever order in whatever port."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

from lab.microphone.microphone import NO_STRINGS, Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, LIVE_LIMIT, Box
from field.sabotage import DETUNED, FORGETFUL, MIXED_UP, STRANGER, SWAPPED
from field.scenario import scenario
from field.stage import Stage
from field.unit import NAME

TWIN = Microphone(strings=Strings(product="Twin"))
BRIEF = 0.8

REVERSE = """#!/bin/bash
until_cards() {{ until [ "$(ls -d /proc/asound/card[0-9]* | wc -l)" = "$1" ]; do sleep 0.1; done; }}
until_cards 2
cd /sys/bus/usb/devices
for port in {first} {second}; do echo 0 > *-$port/authorized; done
until_cards 0
echo 1 > *-{second}/authorized
until_cards 1
echo 1 > *-{first}/authorized
until_cards 2
"""
"""Buses have other numbers after each boot, ports have not."""

REVERSE_UNIT = f"""[Unit]
Before={NAME}.service
[Service]
Type=oneshot
ExecStart=/opt/reverse
TimeoutStartSec=30
[Install]
WantedBy=multi-user.target
"""


@scenario("names-twins", SWAPPED, is_smoke=True)
def twins(stage: Stage) -> None:
    """Two of a kind without a serial: the port tells them apart, also when both come back in another order."""
    with stage.box(EXACT) as box:
        box.plug(0, _sounding(440))
        first = _only(box)
        box.plug(1, _sounding(700))
        second = next(iter(_names(box, 2) - {first}))
        _hear_all(box, {first: 440, second: 700})
        box.settled()
        for port in (0, 1):
            box.unplug(port)
        time.sleep(2)
        for port, hertz in ((1, 700), (0, 440)):
            box.plug(port, _sounding(hertz))
            time.sleep(BRIEF)
        _until_all_live(box, 2)
        _hear_all(box, {first: 440, second: 700})


@scenario("names-same-serial", SWAPPED)
def same_serial(stage: Stage) -> None:
    """Two whose maker gave all the same serial number."""
    with stage.box(EXACT) as box:
        for port, hertz in ((3, 440), (2, 700)):
            box.plug(port, _sounding(hertz, serial="0001"))
            time.sleep(BRIEF)
        names = sorted(_names(box, 2))
        heard = {name: _hertz(box, name) for name in names}
        assert sorted(heard.values()) == [440, 700], heard
        box.settled()
        for port, hertz in ((2, 700), (3, 440)):
            box.unplug(port)
            time.sleep(BRIEF)
            box.plug(port, _sounding(hertz, serial="0001"))
        _until_all_live(box, 2)
        _hear_all(box, heard)


@scenario("names-swapped-ports", SWAPPED)
def swapped_ports(stage: Stage) -> None:
    """With serials of their own the URL goes with the microphone (a serial of one letter is no serial)."""
    with stage.box(EXACT) as box:
        box.plug(0, _sounding(440, serial="SN4711"))
        box.plug(1, _sounding(700, serial="SN4712"))
        names = {name: _hertz(box, name) for name in _names(box, 2)}
        box.settled()
        box.swap(0, 1)
        time.sleep(BRIEF)
        _until_all_live(box, 2)
        _hear_all(box, names)


@scenario("names-other-boot-order", SWAPPED, MIXED_UP)
def other_boot_order(stage: Stage) -> None:
    """Both are in at boot, the second card first; then both come after multi-user.target, the second first again."""
    with stage.box(EXACT) as box:
        for number, hertz in enumerate((440, 700)):
            box.plug(number, _sounding(hertz))
            box.until(partial(_has_cards, box, number + 1), 5, f"{number + 1} cards")
        names = {name: _hertz(box, name) for name in _names(box, 2)}
        assert sorted(names.values()) == [440, 700], names
        before = _ports(box)
        _reverse_at_boot(box, *before)
        box.settled()
        _reboot(box)
        assert _ports(box) == before[::-1], f"the premise is gone: {before} became {_ports(box)}"
        _until_all_live(box, 2)
        _hear_all(box, names)
        box.guest.check("systemctl disable -q reverse")
        for port in (0, 1):
            box.unplug(port)
        _reboot(box)
        for port, hertz in ((1, 700), (0, 440)):
            box.plug(port, _sounding(hertz))
            time.sleep(BRIEF)
        _until_all_live(box, 2)
        _hear_all(box, names)


@scenario("names-moved", SWAPPED)
def moved(stage: Stage) -> None:
    """A lone microphone without a serial keeps its name in another port, and as a twin of a later one."""
    with stage.box(EXACT) as box:
        box.plug(0, _sounding(440))
        name = _only(box)
        box.settled()
        box.unplug(0)
        time.sleep(1)
        box.plug(4, _sounding(440))
        box.until_state(name, "LIVE")
        assert _only(box) == name
        box.plug(0, _sounding(700))
        (twin,) = _names(box, 2) - {name}
        _hear_all(box, {name: 440, twin: 700})


@scenario("names-given-by-owner", FORGETFUL)
def given_by_owner(stage: Stage) -> None:
    """``device name`` gives the URL another name while it sounds; it stays over a restart."""
    with stage.box(EXACT) as box:
        box.plug(0, _sounding(440, serial="A"))
        name = _only(box)
        answer = box.cli(f"device name {name} balcony")
        assert answer.code == 0, answer
        box.until_state("balcony", "LIVE")
        box.settled()
        box.guest.check(f"systemctl restart {NAME}", timeout=40)
        box.until_state("balcony", "LIVE")
        _hear_all(box, {"balcony": 440})


@scenario("names-strings", STRANGER, DETUNED)
def strings(stage: Stage) -> None:
    """No strings at all, and strings in another script: both get a name that a URL can hold."""
    nameless = replace(_sounding(440), vendor=0x1209, product=0x0005, strings=NO_STRINGS)
    foreign = replace(_sounding(700), strings=Strings(manufacturer="Größe", product="Mikrofon Größe 大"), serial="U1")
    names = {"u0x12090x05": 440, "mikrofon-grosse": 700}
    with stage.box(EXACT) as box:
        box.plug(0, nameless)
        box.plug(1, foreign)
        assert _names(box, 2) == set(names), box.states()
        _hear_all(box, names)


def _sounding(hertz: int, serial: str | None = None) -> Microphone:
    return replace(TWIN, serial=serial, pattern=Sine(hertz))


def _only(box: Box) -> str:
    return next(iter(_names(box, 1)))


def _names(box: Box, count: int) -> set[str]:
    _until_all_live(box, count)
    return set(box.states())


def _has_cards(box: Box, count: int) -> bool:
    return box.guest.card_count() == count


def _ports(box: Box) -> list[str]:
    """The USB ports of both cards, in the order of the cards."""
    links = box.guest.check("readlink /sys/class/sound/card0 /sys/class/sound/card1").split()
    return [link.split("/")[-4].partition("-")[2] for link in links]


def _reverse_at_boot(box: Box, first: str, second: str) -> None:
    """Before the service starts, the cards come again the other way round, as a slow hub lets them come."""
    box.guest.put(REVERSE.format(first=first, second=second).encode(), "/opt/reverse", "755")
    box.guest.put(REVERSE_UNIT.encode(), "/etc/systemd/system/reverse.service")
    box.guest.check("systemctl enable -q reverse && sync")


def _reboot(box: Box) -> None:
    """Until multi-user.target."""
    box.hush()
    box.guest.reboot()
    box.guest.run("systemctl is-system-running --wait")


def _until_all_live(box: Box, count: int) -> None:
    def is_so() -> bool:
        states = list(box.states().values())
        return len(states) == count and set(states) <= {"LIVE"}

    box.until(is_so, LIVE_LIMIT, f"{count} streams LIVE")


def _hear_all(box: Box, hertz_of: dict[str, int]) -> None:
    for name, hertz in hertz_of.items():
        listener = box.listen(name)
        listener.until(lambda ear=listener: ear.packets, box.patience(10), "heard")  # type: ignore[misc]
        box.hears(listener, hertz)


def _hertz(box: Box, name: str) -> int:
    """Which of the two tones it is."""
    tone = box.tone(box.listen(name))
    return 440 if abs(tone.hertz - 440) < 5 else 700 if abs(tone.hertz - 700) < 5 else round(tone.hertz)
