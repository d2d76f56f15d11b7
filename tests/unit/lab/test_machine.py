"""Command line, sockets and folders of the lab's machine."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from lab.command import ask, run
from lab.errors import CommandFailed, GuestStuck, QemuEnded
from lab.image.build import Image
from lab.image.cache import Cache
from lab.machine import monitor, station
from lab.machine.agent import Agent
from lab.machine.guest import Guest
from lab.machine.hardware import MINI_PC, MINI_PC_WITH_CARDS, PORTS, SMALL_BOARD
from lab.machine.json_lines import JsonLines
from lab.machine.monitor import Monitor
from lab.machine.process import QemuProcess
from lab.machine.qemu import MONITOR, SERIAL, BootFiles, qemu_command
from lab.machine.station import Station
from lab.priority import raise_session, read_session_nice

BOOT = BootFiles(kernel=Path("/c/vmlinux"), initrd=Path("/c/initrd"), base_disk=Path("/c/root.ext4"))


def test_the_command_line_has_every_port_and_no_absolute_socket() -> None:
    words = qemu_command(SMALL_BOARD, BOOT)
    assert sum("usb-redir" in word for word in words) == PORTS
    assert words[words.index("-m") + 1] == "512" and "-loadvm" not in words
    assert not any("path=/" in word for word in words)


def test_a_snapshot_is_resumed_on_the_same_line() -> None:
    assert qemu_command(MINI_PC, BOOT, "ready") == (*qemu_command(MINI_PC, BOOT), "-loadvm", "ready")


def test_cards_are_added_behind_everything_so_that_other_snapshots_still_fit() -> None:
    words, plain = qemu_command(MINI_PC_WITH_CARDS, BOOT), qemu_command(MINI_PC, BOOT)
    assert words[: len(plain)] == plain
    assert "AC97,audiodev=silent" in words and MINI_PC_WITH_CARDS.name == "2cpu-1536m-ac97-hda-hda-output"


def test_exit_codes_are_answers_or_errors() -> None:
    assert ask(("sh", "-c", "echo out; echo err >&2; exit 3"), timeout=5).code == 3
    with pytest.raises(CommandFailed, match="err"):
        run(("sh", "-c", "echo err >&2; exit 3"), timeout=5)


def test_a_program_that_hangs_is_ended_in_time() -> None:
    begin = time.monotonic()
    assert ask(("sleep", "60"), timeout=0.2).code == 124
    assert time.monotonic() - begin < 5


def test_an_answer_from_before_a_reboot_is_passed_over(tmp_path: Path) -> None:
    def be_agent() -> None:
        lines = JsonLines.__new__(JsonLines)
        lines._socket, _ = listening.accept()
        lines._pending = b""
        asked = lines.receive(5)
        lines.send({"return": 1, "id": asked["id"] - 1})
        lines.send({"return": {"pid": 42}, "id": asked["id"]})
        lines.close()

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "qga.sock"))
        listening.listen()
        thread = threading.Thread(target=be_agent)
        thread.start()
        agent = Agent(tmp_path / "qga.sock")
        assert agent.start(("true",)) == 42
        agent.close()
        thread.join(5)


def test_a_monitor_that_says_nothing_is_a_stuck_guest_with_the_end_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "ANSWER_LIMIT", 0.3)
    (tmp_path / SERIAL).write_text("the last words\n")
    process = QemuProcess(("sleep", "60"), tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / MONITOR))
        listening.listen()
        with pytest.raises(GuestStuck, match=r"no monitor of QEMU within 0\.\d s(.|\n)*the last words"):
            Monitor(process)
    process.kill()


def test_a_qemu_that_has_ended_is_called_so(tmp_path: Path) -> None:
    process = QemuProcess(("sh", "-c", "echo no such machine >&2; exit 1"), tmp_path)
    with pytest.raises(QemuEnded, match=r"exit code 1(.|\n)*no such machine"), process.answering("answer"):
        raise EOFError
    process.kill()


def with_a_state(state: str) -> Guest:
    """A guest whose systemd says that, and that one unit failed."""

    def run(command: str, timeout: float = 0.0) -> SimpleNamespace:
        return SimpleNamespace(stdout=f"{state}\n" if command == station.SETTLE else "kettle.service failed\n")

    return cast(Guest, SimpleNamespace(run=run, last_words=lambda: "the serial log"))


def test_no_snapshot_is_taken_of_a_system_that_is_not_whole() -> None:
    station._settle(with_a_state("running"))
    with pytest.raises(GuestStuck, match=r"degraded(.|\n)*kettle\.service"):
        station._settle(with_a_state("degraded"))


def test_another_way_to_the_snapshot_is_another_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    class Asked(Cache):
        def get(self, name: str, build: Callable[[Path], None]) -> Path:
            names.append(name)
            return tmp_path

    monkeypatch.setattr(station, "run", lambda argv, timeout: SimpleNamespace(stdout="QEMU 7.2"))
    here = Station(Asked(tmp_path), Image(tmp_path), print)
    for way in ("modprobe", "modprobe", "modprobe twice"):
        monkeypatch.setattr(station, "PREPARE", way)
        here.ready(MINI_PC)
    assert names[0] == names[1] != names[2]


@pytest.mark.skipif(read_session_nice(os.getpid()) is None, reason="this kernel does not group processes by session")
def test_a_session_gets_the_nice_value_of_its_process() -> None:
    """Without it the machine's own nice value counts for nothing beside programs of other sessions."""
    expected = min(19, os.nice(0) + 3)
    with subprocess.Popen(("nice", "-n", "3", "cat"), stdin=subprocess.PIPE, start_new_session=True) as process:
        end = time.monotonic() + 5
        while os.getpriority(os.PRIO_PROCESS, process.pid) != expected and time.monotonic() < end:
            time.sleep(0.01)
        raise_session(process.pid)
        assert read_session_nice(process.pid) == expected
        assert process.stdin
        process.stdin.close()
