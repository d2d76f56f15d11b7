"""Command line, sockets and folders of the lab's machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from lab.command import ask, run
from lab.errors import CommandFailed
from lab.folder import passing_folder
from lab.machine.agent import Agent
from lab.machine.hardware import MINI_PC, MINI_PC_WITH_CARDS, PORTS, SMALL_BOARD
from lab.machine.json_lines import JsonLines
from lab.machine.qemu import BootFiles, qemu_command
from lab.priority import raise_session, read_session_nice

BOOT = BootFiles(kernel=Path("/c/vmlinux"), initrd=Path("/c/initrd"), base_disk=Path("/c/root.ext4"))
ROOT = Path(__file__).resolve().parents[3]


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


def test_a_passing_folder_goes_with_its_body(tmp_path: Path) -> None:
    with passing_folder(tmp_path / "run", "guest-") as folder:
        (folder / "disk").write_text("x")
    assert not folder.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_passing_folder_goes_with_its_process_and_so_do_programs(tmp_path: Path, number: signal.Signals) -> None:
    script = (
        "import subprocess, sys, time; from pathlib import Path\n"
        "from lab.command import DIES_WITH_US; from lab.folder import passing_folder\n"
        f"with passing_folder(Path({str(tmp_path)!r}), 'guest-') as folder:\n"
        "    child = subprocess.Popen((*DIES_WITH_US, 'sleep', '600'), start_new_session=True, cwd=folder)\n"
        "    print(child.pid, flush=True); time.sleep(600)\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        (sys.executable, "-P", "-c", script), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ
    ) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        process.send_signal(number)
        process.wait(5)
    end = time.monotonic() + 5
    while (list(tmp_path.iterdir()) or is_alive(child)) and time.monotonic() < end:
        time.sleep(0.02)
    assert not list(tmp_path.iterdir()) and not is_alive(child)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


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
