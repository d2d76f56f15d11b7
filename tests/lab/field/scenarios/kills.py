"""Parts of the program are killed while somebody listens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from lab.ear.listener import Listener
from lab.microphone.microphone import Microphone
from lab.microphone.pattern import Count
from lab.sound.counter import Counted
from lab.sound.tone import is_any

from field.box import BEFORE, EXACT, SERVER, Box, pids_of
from field.install import has_mediamtx
from field.sabotage import FREEZE, SLUGGISH
from field.scenario import scenario
from field.stage import Stage
from field.unit import PROCESSES

PARTS = ("capture", "encoder", "server", "supervisor", "all")

RECOVERED_LIMIT = 20.0
MOST_LOST = {"capture": 3.0, "encoder": 3.0, "server": 6.0, "supervisor": 10.0, "all": 12.0}
"""Seconds of sound, under emulation."""


@scenario("kill", FREEZE, SLUGGISH, is_smoke=True)
def kill(stage: Stage) -> None:
    """kill -9 of capture, encoder, server, supervisor, and of all at once: each time the sound is back by itself."""
    kept = ("capture",) if has_mediamtx() else ("capture", "encoder")
    _kill_all(stage, EXACT, PARTS, kept)


@scenario("kill-built-in", FREEZE, SLUGGISH, is_smoke=True)
def kill_built_in(stage: Stage) -> None:
    """The same with the built-in server: a listener stays connected while the encoder is replaced."""
    _kill_all(stage, f"{EXACT}SERVER=embedded\n", ("capture", "encoder", "server"), ("capture", "encoder"))


def _kill_all(stage: Stage, config: str, parts: Sequence[str], kept: Sequence[str]) -> None:
    """*kept* are the parts whose end a listener's session survives: MediaMTX ends its readers with their publisher."""
    with stage.box(config) as box:
        box.plug(0, Microphone(serial="K1", pattern=Count()))
        listener = box.listen("lab-microphone")
        listener.until_sound(box.patience(20), is_sound=is_any)
        box.until_state("lab-microphone", "LIVE")
        victims = _victims(box)
        time.sleep(1)
        box.settled()
        for part in parts:
            sessions, pids = listener.sessions, set(victims[part]())
            counted, pause = _kill_one(box, listener, pids)
            stage.note(f"{part} {_lost(counted)}, pause {pause:.1f} s")
            assert not pids & set(victims[part]()), f"{part} was not replaced"
            assert part not in kept or listener.sessions == sessions, f"the listener was let go: {listener.ends}"
            assert counted.missing_seconds <= MOST_LOST[part], f"the end of {part} cost too much: {counted}"


def _victims(box: Box) -> dict[str, Callable[[], list[int]]]:
    def server() -> list[int]:
        words = box.guest.check(f"pgrep -f '{SERVER}'").split()
        return [int(word) for word in words]

    def everything() -> list[int]:
        return [int(word) for word in box.guest.check(PROCESSES).split()]

    return {
        "capture": lambda: pids_of(box.guest, "arecord"),
        "encoder": lambda: pids_of(box.guest, "ffmpeg"),
        "server": server,
        "supervisor": lambda: [box.main_pid()],
        "all": everything,
    }


def _kill_one(box: Box, listener: Listener, pids: Iterable[int]) -> tuple[Counted, float]:
    """What a listener noticed: losses, and the longest pause in seconds."""
    with box.hearing():
        begin = time.monotonic()
        box.guest.check(f"kill -KILL {' '.join(map(str, pids))}")
        time.sleep(0.5)
        after = time.monotonic()
        listener.until_sound(box.patience(RECOVERED_LIMIT), after, is_any)
        box.until_state("lab-microphone", "LIVE")
        box.flows(listener)
        counted = box.counted(listener, begin - BEFORE)
    return counted, max(listener.pauses(0.0, begin - BEFORE))


def _lost(counted: Counted) -> str:
    return f"lost {counted.lost_seconds * 1000:.0f}+{counted.silent_seconds * 1000:.0f} ms"
