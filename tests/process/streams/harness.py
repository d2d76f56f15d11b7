"""The whole program as its owner runs it, on a captured machine with a stand-in arecord; and readers that measure."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from machines.machine import copy_of

STANDIN = Path(__file__).with_name("arecord_standin.py")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], Any], seconds: float, why: str) -> Any:
    """What it gives as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {why}")


@dataclass
class Box:
    """A machine of its own: tree, stand-in programs on PATH, folders."""

    folder: Path
    root: Path
    port: int = field(default_factory=free_port)
    api_port: int = field(default_factory=free_port)

    @classmethod
    def make(cls, folder: Path, number: str) -> Box:
        box = cls(folder, copy_of(number, folder))
        (folder / "bin").mkdir()
        (folder / "moods").mkdir()
        box.program("arecord", STANDIN.read_text())
        return box

    def program(self, name: str, source: str) -> None:
        """Python under a shell's roof: the first line of a script cannot hold a path with blanks."""
        script = self.folder / "bin" / f"{name}.py"
        script.write_text(source)
        path = script.with_suffix("")
        path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -IS {shlex.quote(str(script))} "$@"\n')
        path.chmod(0o755)

    def mood(self, word: str, card: str = "default") -> None:
        path = self.folder / "moods" / card
        fresh = path.with_suffix(".new")
        fresh.write_text(word)
        fresh.rename(path)

    def configure(self, text: str) -> None:
        folder = self.root / "etc/audio-rtsp"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config").write_text(text)
        (folder / "config").chmod(0o600)  # it may hold a password

    @property
    def environment(self) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "STANDIN_MOODS": str(self.folder / "moods"), "PYTHONWARNINGS": "error"}

    def ask(self, *words: str) -> Any:
        """The JSON answer of a verb."""
        done = self.command(*words, "--json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        argv = (sys.executable, "-m", "audio_rtsp", "--root", str(self.root), *words)
        return subprocess.run(argv, env=self.environment, capture_output=True, text=True, timeout=20)


class Program:
    """``audio-rtsp run`` on a box."""

    def __init__(self, box: Box, *options: str, before: tuple[str, ...] = ()) -> None:
        """*before* is a command that starts it."""
        self.box = box
        argv = (sys.executable, "-m", "audio_rtsp", "--root", str(box.root), "run")
        ports = ("--rtsp-port", str(box.port), "--api-port", str(box.api_port))
        self.log = (box.folder / "log").open("w+")
        self.process = subprocess.Popen(
            (*before, *argv, *ports, *options),
            env=box.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def said(self) -> str:
        return (self.box.folder / "log").read_text()

    def status(self) -> dict[str, Any] | None:
        """The whole snapshot from the control socket; None when nobody answers."""
        from audio_rtsp.control.client import ask
        from audio_rtsp.errors import NotAnswering, NotRunning

        try:
            return ask(self.box.root / "run/audio-rtsp/control.sock", "status")
        except (NotAnswering, NotRunning):
            return None

    def stream(self, name: str) -> dict[str, Any]:
        streams = (self.status() or {"streams": []})["streams"]
        return next((one for one in streams if one["name"] == name), {})

    def wait_state(self, name: str, state: str, seconds: float = 10.0) -> dict[str, Any]:
        found: dict[str, Any] = wait_for(
            lambda: one if (one := self.stream(name)).get("state") == state else None,
            seconds,
            f"{name} is {self.stream(name).get('state')}, not {state}; it said:\n{self.said()}",
        )
        return found

    def url(self, name: str) -> str:
        return f"rtsp://127.0.0.1:{self.box.port}/{name}"

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(10)
        finally:
            self.process.kill()
            self.process.wait()
            self.log.close()


@contextlib.contextmanager
def running(box: Box, *options: str) -> Iterator[Program]:
    program = Program(box, *options)
    try:
        yield program
    finally:
        program.stop()


def server_pid(program: Program) -> int:
    """The child that is neither a capture nor an encoder."""
    ours = {pid for one in (program.status() or {})["streams"] for pid in (one["capture_pid"], one["encoder_pid"])}
    children = Path(f"/proc/{program.process.pid}/task/{program.process.pid}/children").read_text().split()
    return next(int(pid) for pid in children if int(pid) not in ours)


class Listener:
    """An ffmpeg that reads a URL over TCP and notes when which samples came."""

    def __init__(self, url: str, *, rate: int, channels: int, transport: str = "tcp") -> None:
        self.channels, self.rate = channels, rate
        self._pieces: list[tuple[float, bytes]] = []
        argv = (
            *("ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error"),
            *("-rtsp_transport", transport, "-fflags", "nobuffer", "-probesize", "32", "-analyzeduration", "0"),
            *("-i", url, "-f", "s16le", "-ar", str(rate), "-ac", str(channels), "-flush_packets", "1", "pipe:1"),
        )
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout
        descriptor = self.process.stdout.fileno()
        while data := os.read(descriptor, 65536):
            self._pieces.append((time.monotonic(), data))

    @property
    def is_connected(self) -> bool:
        return self.process.poll() is None

    def seconds(self) -> float:
        return sum(len(data) for _, data in self._pieces) / (2 * self.channels * self.rate)

    def wait_seconds(self, wanted: float, limit: float = 15.0) -> None:
        """Wait until that much more has been heard."""
        goal = self.seconds() + wanted
        wait_for(lambda: self.seconds() >= goal, limit, f"{wanted} s of sound; heard {self.seconds():.2f} s in all")

    def samples(self) -> array[int]:
        data = b"".join(piece for _, piece in self._pieces)
        samples = array("h")
        samples.frombytes(data[: len(data) // 2 * 2])
        return samples

    def longest_pause(self, since: float = 0.0) -> float:
        """Seconds between two arrivals."""
        times = [when for when, _ in self._pieces if when >= since] or [time.monotonic()]
        return max((after - before for before, after in itertools.pairwise(times)), default=0.0)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join(5)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()


@contextlib.contextmanager
def listening(url: str, *, rate: int = 48000, channels: int = 2, transport: str = "tcp") -> Iterator[Listener]:
    listener = Listener(url, rate=rate, channels=channels, transport=transport)
    try:
        yield listener
    finally:
        listener.stop()


@dataclass(frozen=True)
class Counted:
    """What a run of counter samples shows: seconds lost between sounds, silence in their place, frames out of order."""

    lost: float
    silence: float
    backwards: int
    steps: tuple[float, ...]


def count(samples: array[int], rate: int = 48000) -> Counted:
    """Read the sample counter of stereo frames; frames of zeros are silence."""
    last, lost, silent, backwards, steps = -1, 0, 0, 0, []
    for left, right in zip(samples[::2], samples[1::2], strict=False):
        if left == 0 and right == 0:
            silent += 1
            continue
        number = (left << 15) | right
        if last >= 0 and number != last + 1:
            step = number - last - 1
            backwards += step < 0
            lost += max(0, step)
            steps.append(step / rate)
        last = number
    return Counted(lost / rate, silent / rate, backwards, tuple(steps))
