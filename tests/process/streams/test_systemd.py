"""What systemd hears: a real notify socket and a real watchdog clock."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from process.streams.harness import Box, Program, running, wait_for

NAME = "lab-studio-stereo"
WATCHDOG = 1.0
"""Seconds; a service that is silent for longer is killed."""


class Systemd:
    """The other end of NOTIFY_SOCKET; notes when it heard what."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self.heard: list[tuple[float, str]] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while (said := self._socket.recv(4096)) != b"end":
            self.heard.append((time.monotonic(), said.decode()))

    def words(self) -> list[str]:
        return [line for _, said in self.heard for line in said.splitlines()]

    def wait(self, word: str, seconds: float = 10.0) -> None:
        wait_for(lambda: any(word in said for said in self.words()), seconds, f"systemd hears {word}")

    def longest_silence(self, since: float) -> float:
        """Seconds between two signs of life."""
        fed = [when for when, said in tuple(self.heard) if "WATCHDOG=1" in said and when >= since]
        return max(after - before for before, after in itertools.pairwise((since, *fed, time.monotonic())))

    def close(self, path: Path) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"end", str(path))
        self._thread.join(5)
        self._socket.close()


@pytest.fixture
def systemd(box: Box, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systemd]:
    path = box.folder / "notify"
    there = Systemd(path)
    monkeypatch.setenv("NOTIFY_SOCKET", str(path))
    monkeypatch.setenv("WATCHDOG_USEC", str(int(WATCHDOG * 1e6)))
    yield there
    there.close(path)


def server_pid(program: Program) -> int:
    streams = (program.status() or {})["streams"]
    ours = {pid for one in streams for pid in (one["capture_pid"], one["encoder_pid"])}
    children = Path(f"/proc/{program.process.pid}/task/{program.process.pid}/children").read_text().split()
    return next(int(pid) for pid in children if int(pid) not in ours)


def test_ready_is_said_once_the_control_socket_answers_and_waits_for_no_device(box: Box, systemd: Systemd) -> None:
    box.mood("stall")
    with running(box, "--server", "embedded") as program:
        systemd.wait("READY=1")
        assert program.status() is not None
        assert program.stream(NAME).get("state") != "LIVE"


def test_a_mute_microphone_and_a_dead_server_never_starve_the_watchdog(box: Box, systemd: Systemd) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        since = time.monotonic()
        box.mood("stall")
        program.wait_state(NAME, "FILLING")
        systemd.wait("STATUS=1 filling")
        box.mood("count")
        program.wait_state(NAME, "LIVE")
        os.kill(server_pid(program), signal.SIGSTOP)
        wait_for(lambda: program.stream(NAME)["state"] != "LIVE", 15, "the loss is seen")
        os.kill(server_pid(program), signal.SIGKILL)
        program.wait_state(NAME, "LIVE", 15)
        assert systemd.longest_silence(since) < WATCHDOG


def test_a_program_that_hangs_is_silent_for_longer_than_the_watchdog_waits(box: Box, systemd: Systemd) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        since = time.monotonic()
        program.process.send_signal(signal.SIGSTOP)
        wait_for(lambda: time.monotonic() - since > 1.2 * WATCHDOG, 5, "the watchdog's time is over")
        silent = systemd.longest_silence(since)
        program.process.send_signal(signal.SIGCONT)
    assert silent > WATCHDOG


def test_a_reload_is_announced_and_ended(box: Box, systemd: Systemd) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        before = len(systemd.heard)
        program.process.send_signal(signal.SIGHUP)
        wait_for(lambda: sum(word == "READY=1" for word in systemd.words()) == 2, 5, "ready again")
        said = [word for _, text in systemd.heard[before:] for word in text.splitlines()]
        assert said.index("RELOADING=1") < said.index("READY=1")
        assert any(word.startswith("MONOTONIC_USEC=") for word in said)


def test_the_end_is_announced_and_bounded(box: Box, systemd: Systemd) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        begin = time.monotonic()
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(10) == 0
        assert time.monotonic() - begin < 5
    assert "STOPPING=1" in systemd.words()


def test_every_task_is_told_at_sigusr1_and_nothing_else_happens(box: Box, systemd: Systemd) -> None:
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        program.process.send_signal(signal.SIGUSR1)
        tasks = (f"{NAME} capture", f"{NAME} filler", f"{NAME} encoder", "tick")  # told in no order, one by one
        wait_for(lambda: all(task in program.said() for task in tasks), 5, "every task is told")
        after = program.stream(NAME)
    assert (before["capture_pid"], before["encoder_pid"]) == (after["capture_pid"], after["encoder_pid"])
