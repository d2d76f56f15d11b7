"""Parts of the program are killed while somebody listens."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from lab.ear.listener import Listener
from lab.microphone.microphone import Microphone
from lab.microphone.pattern import Count
from lab.sound.tone import is_any

from field.box import EXACT, SERVER, Box, pids_of
from field.install import has_mediamtx
from field.sabotage import FREEZE
from field.scenario import scenario
from field.stage import Stage
from field.unit import NAME

PARTS = ("capture", "encoder", "server", "supervisor", "all")

RECOVERED_LIMIT = 20.0
BEFORE = 1.0
"""Seconds of sound before the kill from which the place in the count is known: more than one round of it."""


@scenario("kill", FREEZE, is_smoke=True)
def kill(stage: Stage) -> None:
    """kill -9 of capture, encoder, server, supervisor, and of all at once: each time the sound is back by itself."""
    kept = ("capture",) if has_mediamtx() else ("capture", "encoder")
    _kill_all(stage, EXACT, PARTS, kept)


@scenario("kill-built-in", FREEZE, is_smoke=True)
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
            stage.note(f"{part} {_kill_one(box, listener, victims[part], is_kept=part in kept)}")


def _victims(box: Box) -> dict[str, Callable[[], list[int]]]:
    def server() -> list[int]:
        words = box.guest.check(f"pgrep -f '{SERVER}'").split()
        return [int(word) for word in words]

    def everything() -> list[int]:
        return [
            int(word)
            for word in box.guest.check(
                f"systemctl show -P ControlGroup {NAME} | xargs -I{{}} cat /sys/fs/cgroup{{}}/cgroup.procs"
            ).split()
        ]

    return {
        "capture": lambda: pids_of(box.guest, "arecord"),
        "encoder": lambda: pids_of(box.guest, "ffmpeg"),
        "server": server,
        "supervisor": lambda: [box.main_pid()],
        "all": everything,
    }


def _kill_one(box: Box, listener: Listener, victims: Callable[[], list[int]], *, is_kept: bool) -> str:
    """What a listener noticed."""
    pids = " ".join(map(str, victims()))
    sessions = listener.sessions
    with box.hearing():
        begin = time.monotonic()
        box.guest.check(f"kill -KILL {pids}")
        time.sleep(0.5)
        after = time.monotonic()
        listener.until_sound(box.patience(RECOVERED_LIMIT), after, is_any)
        box.until_state("lab-microphone", "LIVE")
        time.sleep(2)
        counted = box.counted(listener, begin - BEFORE)
    pause = max(listener.pauses(0.0, begin))
    assert not is_kept or listener.sessions == sessions, f"the listener was let go: {listener.ends}"
    return f"lost {counted.lost_seconds * 1000:.0f}+{counted.silent_seconds * 1000:.0f} ms, pause {pause:.1f} s"
