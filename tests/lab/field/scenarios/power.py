"""Reboots and power cuts."""

from __future__ import annotations

import re
import time

from lab.ear.listener import Listener
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, Box
from field.sabotage import EMPTIED, NOT_ENABLED, OLD_NAMES, OLD_SETTINGS, SLOW_START
from field.scenario import scenario
from field.stage import Stage
from field.unit import CONFIG, INTERPRETER, NAME, PROGRAM, STATE

AFTER_SERVICE = 15.0
LEAST_CUTS, MOST_CUTS = 3, 8
FIRST_BITRATE = 64001
"""In bit/s; no round number, which would be written in another way."""

TONES = {"desk": 440, "door": 700}
HEARD_LIMIT = 45.0
WRITTEN = "/var/lib/written"
WRITER_FILE = "/opt/writer.py"
WRITER = """import itertools, os, sys, time
from pathlib import Path
from dataclasses import replace
from audio_rtsp.cli.main import main
from audio_rtsp.devices.memory_file import load_memory, save_memory

state = Path("/var/lib/audio-rtsp")
memory = load_memory(state).memory
told = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
sync = os.fsync

def slow_sync(descriptor):
    time.sleep(0.05)
    sync(descriptor)

def acknowledge(what, number):
    os.write(told, f"{what} {number}\\n".encode())
    sync(told)

os.fsync = slow_sync

for number in itertools.count(int(sys.argv[2])):
    try:
        main(["config", "set", "AUDIO_BITRATE", str(number)])
    except SystemExit as end:
        assert not end.code, end
    acknowledge("bitrate", number)
    complaints = save_memory(state, replace(memory, names={**memory.names, "usb_audio_12090001_x": f"gone-{number}"}))
    assert not complaints, complaints
    acknowledge("name", number)
"""
"""The program's own writers without pause: the owner's settings by the verb, the names that we gave by the function;
each number is noted, for good, when it has been written. On a slow disk, or few cuts would hit a write.
"""

IN_FORCE = {
    "bitrate": f"{PROGRAM} config get AUDIO_BITRATE",
    "name": f"sed -n s/.*=gone-//p {STATE}/device_map.conf",
}
"""What tells which number is in force."""


@scenario("reboot", NOT_ENABLED, SLOW_START)
def reboot(stage: Stage) -> None:
    """Two microphones are live after a boot without a hand, soon after the service starts."""
    with stage.box(EXACT) as box:
        ears = _plug_two(box)
        box.settled()
        box.guest.reboot()
        stage.note(f"heard {_heard_after_service(box, ears):.1f} s after the service started")


@scenario("power-cut", EMPTIED, OLD_SETTINGS, OLD_NAMES)
def power_cut(stage: Stage) -> None:
    """The cord of the box is pulled while settings and names are written: nothing is half, what was written last holds,
    and the sound is back.
    """
    with stage.box(EXACT) as box:
        ears = _plug_two(box)
        box.guest.put(WRITER.encode(), WRITER_FILE)
        box.guest.check("sync")
        hits = 0
        for cuts in range(1, MOST_CUTS + 1):
            _cut_while_writing(box, cuts)
            box.settled()
            hits += bool(_debris(box))
            _judge_files(box)
            _judge_last_writes(box)
            if hits and cuts >= LEAST_CUTS:
                break
        assert hits, f"none of {cuts} cuts hit a write: nothing was shown"
        seconds = _heard_after_service(box, ears)
        stage.note(f"{hits} of {cuts} cuts hit a write; heard {seconds:.1f} s after the service started")


def _cut_while_writing(box: Box, cuts: int) -> None:
    """Pull the cord each time a little later after settings and names have begun to be written; boot again."""
    box.guest.check(f"rm -f {WRITTEN}")
    box.guest.spawn(f"exec {INTERPRETER} {WRITER_FILE} {WRITTEN} {FIRST_BITRATE + 1000 * cuts}")
    box.until(lambda: box.guest.run(f"grep -q name {WRITTEN}").code == 0, 20, "the first settings are written")
    time.sleep(0.15 * cuts)
    box.guest.power_cut()
    box.guest.power_on()


def _debris(box: Box) -> str:
    """The files of writes that the cut ended half way; they are removed, so that the next cut has its own."""
    return box.guest.check(f"find /etc/audio-rtsp {STATE} -name '.*.tmp' -print -delete")


def _plug_two(box: Box) -> list[Listener]:
    """And listen, also while the box boots."""
    for port, (name, hertz) in enumerate(TONES.items()):
        box.plug(port, Microphone(serial=name, strings=Strings(product=name), pattern=Sine(hertz)))
    box.until(lambda: box.states() == dict.fromkeys(TONES, "LIVE"), 25, "two streams LIVE")
    return [box.listen(name) for name in TONES]


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


def _judge_last_writes(box: Box) -> None:
    """In force is what was acknowledged last, or what was being written when the cord was pulled."""
    said = box.guest.check(f"cat {WRITTEN}")
    for what, ask in IN_FORCE.items():
        last = int(re.findall(rf"^{what} (\d+)\n", said, re.MULTILINE)[-1])
        found = box.guest.run(ask).stdout.strip()
        assert found in (str(last), str(last + 1)), f"{what} {last} was acknowledged, {found} is in force after the cut"


def _heard_after_service(box: Box, ears: list[Listener]) -> float:
    """Seconds from the service's start until both are heard, in this boot."""
    booted = time.monotonic() - _uptime(box)
    last = max(ear.until_sound(HEARD_LIMIT, booted) for ear in ears)
    heard = _uptime(box) - (time.monotonic() - last)
    started = int(box.guest.check(f"systemctl show -P InactiveExitTimestampMonotonic {NAME}")) / 1e6
    assert started > 1, f"no start of the service is known: {started}"
    assert heard - started < AFTER_SERVICE, f"heard at {heard:.1f} s, service started at {started:.1f} s"
    for ear in ears:
        box.hears(ear, TONES[ear.stream])
    return heard - started


def _uptime(box: Box) -> float:
    return float(box.guest.check("cut -d' ' -f1 /proc/uptime"))
