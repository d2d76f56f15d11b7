"""The program on a captured machine, as the process tests run it, watched without disturbing it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from audio_rtsp.facts.ports import is_free
from bench.process import children
from process.streams.harness import Box, Program, running

COUNTED = "lab-studio-stereo"
COUNTING = "AUDIO_CODEC=pcm_s16be\nAUDIO_CHANNELS=2\nAUDIO_SAMPLE_RATE=48000\n"
"""As tests/process/streams/conftest.py: no loss between the microphone's sample counter and a reader."""
FIRST_PORT, LAST_PORT = 20000, 32000
_numbers = itertools.count(1)
_ports = itertools.cycle(range(FIRST_PORT + os.getpid() % 500 * 20, LAST_PORT, 2))


def quiet_box(folder: Path) -> Box:
    """A machine without any card, for test tones."""
    return _box(folder, "01")


def counted_box(folder: Path) -> Box:
    """A machine with one stereo microphone whose stand-in counts its samples."""
    box = _box(folder, "08")
    for status in (box.root / "proc/asound").glob("card*/pcm*c/sub*/status"):
        status.write_text("closed\n")
    box.configure(COUNTING)
    return box


def _box(folder: Path, number: str) -> Box:
    fresh = folder / str(next(_numbers))
    fresh.mkdir()
    box = Box.make(fresh, number)
    box.port, box.api_port = quiet_port(), quiet_port()
    return box


def quiet_port() -> int:
    """A free port, and the next, that no outgoing connection takes: below ip_local_port_range; each only once."""
    return next(port for port in _ports if is_free(port) and is_free(port + 1))


def soon(what: Callable[[], Any], seconds: float, why: str) -> float:
    """The monotonic time at which *what* was first true, looked at 200 times a second."""
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        if what():
            return now
        time.sleep(0.005)
    raise AssertionError(f"not within {seconds:g} s: {why}")


def live_streams(program: Program, since: int = 0) -> frozenset[str]:
    """Who became LIVE after *since* characters of what it printed: asking it would cost what is measured."""
    lines = program.said()[since:].splitlines()
    return frozenset(line.partition(":")[0] for line in lines if ": live" in line)


def until_live(program: Program, count: int, seconds: float, since: int = 0) -> float:
    """The time at which that many streams were LIVE; a program that ends, or takes too long, is quoted."""

    def is_so() -> bool:
        if program.process.poll() is not None:
            raise AssertionError(f"the program ended with {program.process.returncode}:\n{program.said()}")
        return len(live_streams(program, since)) >= count

    try:
        return soon(is_so, seconds, f"{count} streams LIVE")
    except AssertionError as error:
        raise AssertionError(f"{error}; it said:\n{program.said()}") from None


def server_pid(program: Program) -> int:
    """The child that is neither a capture nor an encoder."""
    streams = (program.status() or {"streams": []})["streams"]
    known = {pid for one in streams for pid in (one["capture_pid"], one["encoder_pid"])}
    return next(pid for pid in children(program.process.pid) if pid not in known)


def is_listening(port: int) -> bool:
    """Whether somebody takes connections."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def online_since(box: Box) -> dict[str, str]:
    """Since when each path is published, as the server says; empty while it does not answer."""
    url = f"http://127.0.0.1:{box.api_port}/v3/paths/list"
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            items = json.load(answer)["items"]
    except (OSError, ValueError, urllib.error.URLError):
        return {}
    return {one["name"]: one.get("onlineTime") or one.get("readyTime") or "" for one in items if _is_online(one)}


def _is_online(path: dict[str, Any]) -> bool:
    return bool(path.get("online", path.get("ready")))


@contextlib.contextmanager
def tones(folder: Path, count: int, server: str, patience: float = 60.0) -> Iterator[Program]:
    """*count* test tones, all LIVE."""
    with running(quiet_box(folder), "--server", server, "--tone", str(count)) as program:
        until_live(program, count, patience)
        yield program
