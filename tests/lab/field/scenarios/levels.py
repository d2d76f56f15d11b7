"""Silence, clipping and a quiet room are three different answers."""

from __future__ import annotations

from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Noise, Pattern, Sine, Stuck, silence

from field.box import EXACT, Box
from field.sabotage import MUTE, QUIET_ROOM, SOFT
from field.scenario import scenario
from field.stage import Stage


@scenario("levels", MUTE, QUIET_ROOM, SOFT)
def levels(stage: Stage) -> None:
    """Digital silence and a stuck converter are SILENT, a quiet room is LIVE, a shout is clipping."""
    with stage.box(f"{EXACT}AUDIO_SILENCE_SECONDS=3\n") as box, box.hearing():
        _plug(box, 0, "Dead", silence())
        _plug(box, 1, "Room", Noise(3))
        dead = box.until_state("dead", "SILENT")
        room = box.until_state("room", "LIVE")
        box.unplug(0)
        _plug(box, 2, "Stuck", Stuck(1200))
        stuck = box.until_state("stuck", "SILENT")
        box.unplug(2)
        _plug(box, 3, "Shout", Sine(440, 3.0))
        box.until_state("shout", "LIVE")
        box.until(lambda: box.stream("shout").get("is_clipping"), 10, "the clipping is seen")
        assert box.stream("room")["state"] == "LIVE" and not box.stream("room")["is_clipping"], box.stream("room")
        assert dead["reason"] and stuck["reason"] and dead["reason"] != stuck["reason"], (dead, stuck)
        stage.note(f"dead: {dead['reason']}; stuck: {stuck['reason']}; room at {room['rms']:.0f} dBFS")


def _plug(box: Box, port: int, name: str, pattern: Pattern) -> None:
    box.plug(port, Microphone(serial=name, strings=Strings(product=name), pattern=pattern))
