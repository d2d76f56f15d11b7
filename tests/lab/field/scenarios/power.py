"""Reboots and power cuts."""

from __future__ import annotations

import time

from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, Box
from field.sabotage import Sabotage
from field.scenario import scenario
from field.stage import Stage
from field.unit import CONFIG, NAME, PROGRAM, STATE

AFTER_SERVICE = 15.0


@scenario("reboot", sabotage=Sabotage.DISABLED)
def reboot(stage: Stage) -> None:
    """Two microphones are live after a boot without a hand, soon after the service starts."""
    with stage.box(EXACT) as box:
        _plug_two(box)
        box.hush()
        box.guest.reboot()
        stage.note(f"heard {_heard_after_service(box):.1f} s after the service started")


@scenario("power-cut", sabotage=Sabotage.DISABLED)
def power_cut(stage: Stage) -> None:
    """The cord of the box is pulled while settings and names are written: nothing is half, and the sound is back."""
    with stage.box(EXACT) as box:
        _plug_two(box)
        box.guest.check("sync")
        for number, seconds in enumerate((0.5, 1.3, 2.1)):
            box.guest.spawn(
                f"for n in $(seq 200); do {PROGRAM} config set AUDIO_BITRATE $((64 + n % 2 * 64))k; "
                f"{PROGRAM} device name desk{'' if number == 0 else '-x'} desk-x; done"
            )
            time.sleep(seconds)
            box.guest.power_cut()
            box.network_is_new()
            box.guest.power_on()
            _judge_files(box)
        stage.note(f"heard {_heard_after_service(box):.1f} s after the service started")


def _plug_two(box: Box) -> None:
    for port, name, hertz in ((0, "Desk", 440), (1, "Door", 700)):
        box.plug(port, Microphone(serial=name, strings=Strings(product=name), pattern=Sine(hertz)))
    box.until(lambda: list(box.states().values()) == ["LIVE", "LIVE"], 25, "two streams LIVE")


def _judge_files(box: Box) -> None:
    """No file of settings or state is empty or half; the settings that were in force still are."""
    listed = box.guest.check(f"find /etc/audio-rtsp {STATE} -type f ! -name '*.lock' -printf '%s %p\\n'").splitlines()
    empty = [line for line in listed if line.startswith("0 ")]
    assert not empty, f"empty after a power cut: {empty}"
    assert "AUDIO_CODEC=pcm_s16be" in box.guest.check(f"cat {CONFIG}"), box.guest.check(f"cat {CONFIG}")
    answer = box.cli("config check")
    assert answer.code == 0, f"config check: {answer}"


def _heard_after_service(box: Box) -> float:
    """Seconds from the service's start to the tone of the microphone in port 1."""
    listener = box.listen("door")
    heard = time.monotonic() - listener.until_sound(box.patience(60))
    uptime = float(box.guest.check("cut -d' ' -f1 /proc/uptime"))
    started = int(box.guest.check(f"systemctl show -P InactiveExitTimestampMonotonic {NAME}")) / 1e6
    seconds = uptime - heard - started
    assert started > 1, f"no start of the service is known: {started}"
    assert seconds < AFTER_SERVICE, f"heard at {uptime - heard:.1f} s, service started at {started:.1f} s"
    box.hears(listener, 700)
    return seconds
