"""A microphone that the box has never seen."""

from __future__ import annotations

import time

from lab.machine.hardware import MINI_PC
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, Box, median_and_worst
from field.sabotage import BY_NAME, DETUNED
from field.scenario import scenario
from field.stage import Stage
from field.unit import NAME

SLOW_UNIT = """[Unit]
Before=multi-user.target
After=network.target
[Service]
Type=oneshot
ExecStart=/bin/sleep 90
[Install]
WantedBy=multi-user.target
"""
LIMIT = 15.0
"""Seconds from the plug to a tone that no healthy run needs under TCG (median about 3)."""


@scenario("first-plug", DETUNED, is_smoke=True)
def first_plug(stage: Stage) -> None:
    """Named after its product, live, and heard; from the plug to the first tone, several times."""
    with stage.box(EXACT) as box:
        times = [_plug_once(box, number) for number in range(3 if stage.is_smoke else 10)]
    stage.note(f"plug to tone {median_and_worst(times)}")


@scenario("first-plug-after-boot-without-card", BY_NAME)
def after_boot_without_card(stage: Stage) -> None:
    """The first card comes after the service, on a box whose kernel had not even loaded its sound modules."""
    with stage.cold_box(MINI_PC, EXACT) as box:
        assert "alsa" not in box.guest.check("cat /proc/devices"), "the premise is gone: sound was loaded at boot"
        stage.note(f"plug to tone {_plug_once(box, 0):.2f} s")


@scenario("first-plug-during-boot", DETUNED)
def during_boot(stage: Stage) -> None:
    """A card that comes after the service has started and before the system is up."""
    with stage.box(EXACT) as box:
        box.guest.put(SLOW_UNIT.encode(), "/etc/systemd/system/slow.service")
        box.guest.check("systemctl enable -q slow && sync")
        box.guest.reboot()
        box.until(lambda: box.guest.run(f"systemctl is-active {NAME}").code == 0, 20, "the service is up")
        listener = box.listen("early")
        with box.hearing():
            begin = time.monotonic()
            box.plug(0, Microphone(serial="E1", strings=Strings(product="Early"), pattern=Sine(440)))
            heard = listener.until_sound(box.patience(LIMIT))
        box.hears(listener, 440)
        stage.note(f"plug to tone {heard - begin:.2f} s")
        assert box.guest.run("systemctl is-active multi-user.target").code, "the premise is gone: the system was up"


@scenario("default-settings", DETUNED)
def default_settings(stage: Stage) -> None:
    """The settings of an owner who never opened the file; heard by an ordinary player."""
    with stage.box() as box:
        box.plug(0, Microphone(serial="M1", pattern=Sine(1000)))
        box.until_state("lab-microphone", "LIVE")
        with box.hearing():
            tone = box.play("lab-microphone", 3)
        assert abs(tone.hertz - 1000) < 10, f"{tone} in place of 1000 Hz"


def _plug_once(box: Box, number: int) -> float:
    """Another microphone in another port; the seconds until its tone arrives."""
    name, hertz = f"desk-{number}", 400 + 50 * number
    listener = box.listen(name)
    with box.hearing():
        begin = time.monotonic()
        microphone = Microphone(serial=f"S{number}", strings=Strings(product=f"Desk {number}"), pattern=Sine(hertz))
        box.plug(number % 6, microphone)
        heard = listener.until_sound(box.patience(LIMIT))
    box.hears(listener, hertz)
    box.until_state(name, "LIVE")
    box.unplug(number % 6)
    return heard - begin
