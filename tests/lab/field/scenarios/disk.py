"""No room, no right to write: the sound goes on."""

from __future__ import annotations

import time

from lab.ear.listener import Listener
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Count, Sine
from lab.sound.tone import is_any

from field.box import EXACT, SERVER, Box
from field.sabotage import SPEECHLESS, TORN
from field.scenario import scenario
from field.stage import Stage
from field.unit import NAME, STATE

COMPLAINTS = ("No space", "Read-only", "cannot be written", "could not be written", "disk is full")


@scenario("disk-full", TORN, SPEECHLESS)
def disk_full(stage: Stage) -> None:
    """The state's file system is full: sound flows, a new microphone is streamed, the complaint is visible."""
    with stage.box(config=None) as box:
        device = box.guest.add_disk(8)
        box.guest.check(f"mkdir -p {STATE} && mount {device} {STATE} && chown audio-rtsp: {STATE}")
        listener = _listened(box)
        box.guest.run(f"dd if=/dev/zero of={STATE}/fill bs=64k; sync")
        _judge(box, listener, f"rm {STATE}/fill")


@scenario("var-read-only", TORN, SPEECHLESS)
def var_read_only(stage: Stage) -> None:
    """The file system of the state went read-only, as after an error of the card it is on."""
    with stage.box(config=None) as box:
        device = box.guest.add_disk(8)
        box.guest.check(f"mkdir -p {STATE} && mount {device} {STATE} && chown audio-rtsp: {STATE}")
        listener = _listened(box)
        box.guest.check(f"mount -o remount,ro {STATE}")
        _judge(box, listener, f"mount -o remount,rw {STATE}")


@scenario("run-full", TORN)
def run_full(stage: Stage) -> None:
    """The tmpfs below /run is full: the sound goes on, and a media server that dies then comes back nevertheless.

    A running program writes nothing there, so there is nothing to complain of.
    """
    with stage.box(config=None) as box:
        listener = _listened(box)
        box.guest.run("dd if=/dev/zero of=/run/fill bs=64k; sync")
        assert box.guest.run("echo > /run/audio-rtsp/probe").code, "the premise is gone: there is room"
        _judge(box, listener, "true", is_said=False)
        begin = time.monotonic()
        box.guest.check(f"pkill -KILL -f '{SERVER}'")
        stage.note(
            f"sound {listener.until_sound(box.patience(15), begin + 0.5, is_any) - begin:.1f} s after the server died"
        )
        box.guest.check("rm /run/fill")
        box.until_state("late", "LIVE")


def _listened(box: Box) -> Listener:
    box.start(EXACT)
    box.plug(0, Microphone(serial="F1", pattern=Count()))
    box.until_state("lab-microphone", "LIVE")
    listener = box.listen("lab-microphone")
    listener.until(lambda: listener.packets, box.patience(10), "heard")
    time.sleep(1)
    return listener


def _judge(box: Box, listener: Listener, mend: str, *, is_said: bool = True) -> None:
    """The old stream is exact while a new one comes; afterwards nothing has restarted, and nobody complains."""
    pid = box.main_pid()
    with box.hearing():
        begin = time.monotonic()
        box.plug(1, Microphone(serial="F2", strings=Strings(product="Late"), pattern=Sine(440)))
        box.until_state("late", "LIVE")
        box.hears(box.listen("late"), 440)
        counted = box.counted(listener, begin)
    assert any(listener.samples(begin)), "nothing but zeros"
    assert not counted.breaks, f"the sound broke: {counted}"
    complaint = box.cli("stream list").stdout + box.journal()
    is_complained = any(word in complaint for word in COMPLAINTS)
    assert is_complained or not is_said, f"no complaint to be seen: {complaint}"
    box.guest.check(mend)
    box.guest.check(f"systemctl reload {NAME}")
    box.until_state("late", "LIVE")
    assert box.main_pid() == pid, "the program was restarted"
