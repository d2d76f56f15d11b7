"""Reboots and power cuts."""

from __future__ import annotations

import time

from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, Box
from field.sabotage import EMPTIED, NOT_ENABLED
from field.scenario import scenario
from field.stage import Stage
from field.unit import CONFIG, INTERPRETER, NAME, STATE

AFTER_SERVICE = 15.0
LEAST_CUTS, MOST_CUTS = 3, 8
WRITES = "/run/writes"
WRITER_FILE = "/opt/writer.py"
WRITER = """import contextlib, itertools, sys
from pathlib import Path
from dataclasses import replace
from audio_rtsp.cli.main import main
from audio_rtsp.devices.memory_file import load_memory, save_memory

state, told = Path("/var/lib/audio-rtsp"), Path(sys.argv[1])
memory = load_memory(state).memory
for number in itertools.count():
    with contextlib.suppress(SystemExit):
        main(["config", "set", "AUDIO_BITRATE", f"{64 + number % 2 * 64}k"])
    save_memory(state, replace(memory, names={**memory.names, "usb_audio_12090001_x": f"gone-{number % 2}"}))
    told.write_text(str(number))
"""
"""The program's own writers without pause: the owner's settings by the verb, the names that we gave by the function."""


@scenario("reboot", NOT_ENABLED)
def reboot(stage: Stage) -> None:
    """Two microphones are live after a boot without a hand, soon after the service starts."""
    with stage.box(EXACT) as box:
        _plug_two(box)
        box.settled()
        box.hush()
        box.guest.reboot()
        stage.note(f"heard {_heard_after_service(box):.1f} s after the service started")


@scenario("power-cut", EMPTIED)
def power_cut(stage: Stage) -> None:
    """The cord of the box is pulled while settings and names are written: nothing is half, and the sound is back."""
    with stage.box(EXACT) as box:
        _plug_two(box)
        box.guest.put(WRITER.encode(), WRITER_FILE)
        box.guest.check("sync")
        hits = 0
        for cuts in range(1, MOST_CUTS + 1):
            _cut_while_writing(box, 0.15 * cuts)
            box.settled()
            hits += bool(_debris(box))
            _judge_files(box)
            if hits and cuts >= LEAST_CUTS:
                break
        assert hits, f"none of {cuts} cuts hit a write: nothing was shown"
        seconds = _heard_after_service(box)
        stage.note(f"{hits} of {cuts} cuts hit a write; heard {seconds:.1f} s after the service started")


def _cut_while_writing(box: Box, seconds: float) -> None:
    """Pull the cord so long after settings and names have begun to be written, one after the other; boot again."""
    box.guest.spawn(f"rm -f {WRITES}; exec {INTERPRETER} {WRITER_FILE} {WRITES}")
    box.until(lambda: box.guest.run(f"test -s {WRITES}").code == 0, 20, "the first settings are written")
    time.sleep(seconds)
    box.guest.power_cut()
    box.network_is_new()
    box.guest.power_on()


def _debris(box: Box) -> str:
    """The files of writes that the cut ended half way."""
    return box.guest.check(f"find /etc/audio-rtsp {STATE} -name '.*.tmp'")


def _plug_two(box: Box) -> None:
    for port, name, hertz in ((0, "Desk", 440), (1, "Door", 700)):
        box.plug(port, Microphone(serial=name, strings=Strings(product=name), pattern=Sine(hertz)))
    box.until(lambda: list(box.states().values()) == ["LIVE", "LIVE"], 25, "two streams LIVE")


def _judge_files(box: Box) -> None:
    """No file of settings or state is empty or half; the settings that were in force still are."""
    named = "-type f ! -name '*.lock' ! -name '.*.tmp'"
    listed = box.guest.check(f"find /etc/audio-rtsp {STATE} {named} -printf '%s %p\\n'").splitlines()
    empty = [line for line in listed if line.startswith("0 ")]
    assert not empty, f"empty after a power cut: {empty}"
    assert "AUDIO_CODEC=pcm_s16be" in box.guest.check(f"cat {CONFIG}"), box.guest.check(f"cat {CONFIG}")
    answer = box.cli("config check")
    assert answer.code == 0, f"config check: {answer}"
    names = box.guest.check(f"cat {STATE}/device_map.conf")
    assert "=desk\n" in names and "=door\n" in names, f"names are lost: {names}"
    box.guest.check(f"for file in {STATE}/*.json; do python3 -m json.tool $file || exit; done")


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
