"""Nothing grows: many streams, many who watch, for as long as one likes."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.control.address import short_address
from bench.box import soon, tones
from bench.plan import Plan
from bench.process import Memory, children, read_memory, read_usage
from bench.row import Row, row
from process.streams.harness import Program

STREAMS, WATCHERS = 32, 10
SETTLE_SHARE, MOST_SETTLE = 0.2, 120.0
"""What the start leaves behind is no growth: so much of the time, at most two minutes, is not looked at."""
PAUSE = 10.0
"""Seconds between looks."""
PSS_TARGET = 0.5
CPU_TARGET = 1.5
TASK = "Stack for <Task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the supervisor holds at one moment."""

    descriptors: int
    children: int
    threads: int
    memory: Memory


def measure_endurance(plan: Plan) -> Iterator[Row]:
    """32 test tones on the built-in server, ten connections that take every snapshot."""
    with tones(plan.folder, STREAMS, "embedded") as program, watchers(program, WATCHERS) as taken:
        pid = program.process.pid
        time.sleep(min(MOST_SETTLE, 60 * plan.minutes * SETTLE_SHARE))
        tasks, before = count_tasks(program), read_usage(pid)
        samples = list(_samples(pid, 60 * plan.minutes))
        after, tasks_after = read_usage(pid), count_tasks(program)
        restarts = sum(one["capture_restarts"] + one["encoder_restarts"] for one in (program.status() or {})["streams"])
    first, rest = samples[0], samples[1:]
    name = f"{STREAMS} streams, {WATCHERS} watchers, {plan.minutes:g} min"
    yield row("endurance", name, [float(len(rest))], "looks")
    yield row("endurance", "  more descriptors", [one.descriptors - first.descriptors for one in rest], "", 0.0)
    yield row("endurance", "  more children", [one.children - first.children for one in rest], "", 0.0)
    yield row("endurance", "  more threads", [one.threads - first.threads for one in rest], "", 0.0)
    yield row("endurance", "  more tasks at the end", [tasks_after - tasks], "", 0.0)
    pss, own = [one.memory.pss for one in samples], [one.memory.own for one in samples]
    yield row("endurance", "  more PSS at the end", [_growth(pss)], "MB", PSS_TARGET)
    yield row("endurance", "  more memory of its own", [_growth(own)], "MB", PSS_TARGET)
    cpu = 100 * (after.cpu - before.cpu) / (after.when - before.when)
    yield row("endurance", "  supervisor CPU", [cpu], "%", CPU_TARGET)
    yield row("endurance", "  restarts of programs", [float(restarts)], "", 0.0)
    yield row("endurance", "  snapshots taken by each", [float(count) for count in taken.counts()], "")


def _samples(pid: int, seconds: float) -> Iterator[Sample]:
    end = time.monotonic() + seconds
    yield read_sample(pid)
    while time.monotonic() < end:
        time.sleep(min(PAUSE, max(0.0, end - time.monotonic())))
        yield read_sample(pid)


def _growth(values: list[float]) -> float:
    """From the least of the first looks to the least of the last: one alone may fall into a moment of work."""
    return min(values[-3:]) - min(values[:3])


def read_sample(pid: int) -> Sample:
    """Of *pid* now."""
    folder = Path(f"/proc/{pid}")
    return Sample(
        descriptors=sum(1 for _ in (folder / "fd").iterdir()),
        children=len(children(pid)),
        threads=sum(1 for _ in (folder / "task").iterdir()),
        memory=read_memory(pid),
    )


def count_tasks(program: Program) -> int:
    """As the program tells them at SIGUSR1, which it does in one go."""
    before = len(program.said())
    program.process.send_signal(signal.SIGUSR1)
    soon(lambda: TASK in program.said()[before:], 5, "its tasks are told")
    time.sleep(0.5)
    return program.said()[before:].count(TASK)


class Watchers:
    """Connections that asked for ``watch``, read and thrown away in one thread."""

    def __init__(self, folder: Path, count: int) -> None:
        self._end, self._stop = os.pipe()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._end, selectors.EVENT_READ)
        self._lines: dict[int, int] = {}
        self._sockets = [self._connect(folder) for _ in range(count)]
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def counts(self) -> list[int]:
        """Snapshots that each has taken."""
        return list(self._lines.values())

    def close(self) -> None:
        """Let go."""
        os.close(self._stop)
        self._thread.join()
        for one in self._sockets:
            one.close()
        self._selector.close()
        os.close(self._end)

    def _connect(self, folder: Path) -> socket.socket:
        one = socket.socket(socket.AF_UNIX)
        with short_address(folder / "control.sock") as address:
            one.connect(address)
        one.sendall(b'{"ask": "watch"}\n')
        self._selector.register(one, selectors.EVENT_READ)
        self._lines[one.fileno()] = 0
        return one

    def _read(self) -> None:
        while True:
            for key, _ in self._selector.select():
                data = os.read(key.fd, 1 << 20)
                if key.fd == self._end:
                    return
                if not data:
                    raise AssertionError("a watcher was let go")
                self._lines[key.fd] += data.count(b"\n")


@contextmanager
def watchers(program: Program, count: int) -> Iterator[Watchers]:
    """*count* of them on *program*."""
    found = Watchers(program.box.root / "run/audio-rtsp", count)
    try:
        yield found
    finally:
        found.close()
