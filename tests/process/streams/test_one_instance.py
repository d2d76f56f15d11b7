"""One program for one configuration, whoever starts the second; and who listens to it costs it nothing."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audio_rtsp.host.lock import InstanceLock
from process.streams.harness import Box, Program, free_port, running, wait_for

NAME = "lab-studio-stereo"


def test_the_lock_of_a_killed_program_is_no_obstacle(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        lock = box.root / "run/audio-rtsp/lock"
        before = lock.stat().st_ino
        program.process.kill()
        program.process.wait()
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        assert lock.stat().st_ino == before, "it is never unlinked"
        assert lock.read_text().strip() == str(program.process.pid)


@contextmanager
def deaf_watchers(box: Box, count: int) -> Iterator[list[socket.socket]]:
    """They ask for snapshots and never read one."""
    folder = os.open(box.root / "run/audio-rtsp", os.O_RDONLY | os.O_DIRECTORY)
    watchers = []
    try:
        for _ in range(count):
            watcher = socket.socket(socket.AF_UNIX)
            watchers.append(watcher)
            watcher.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            watcher.connect(f"/proc/self/fd/{folder}/control.sock")
            watcher.sendall(b'{"ask": "watch"}\n')
        yield watchers
    finally:
        for watcher in watchers:
            watcher.close()
        os.close(folder)


def resident(program: Program) -> int:
    """KB."""
    text = Path(f"/proc/{program.process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


def descriptors(program: Program) -> int:
    return len(list(Path(f"/proc/{program.process.pid}/fd").iterdir()))


def test_listeners_that_stop_reading_cost_neither_sound_nor_memory(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        had, used = descriptors(program), resident(program)
        with deaf_watchers(box, 20):
            wait_for(lambda: descriptors(program) >= had + 15, 5, "they are let in")
            for _ in range(20):
                assert (program.status() or {})["streams"][0]["state"] == "LIVE"
            assert resident(program) - used < 20 * 256 + 4096
        wait_for(lambda: descriptors(program) <= had + 3, 5, "they are let go")
        after = program.stream(NAME)
    assert (before["capture_pid"], before["encoder_pid"]) == (after["capture_pid"], after["encoder_pid"])
    assert after["lost_seconds"] == before["lost_seconds"]


def test_a_program_whose_folder_was_removed_is_found_again_and_stays_the_only_one(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        had = descriptors(program)
        shutil.rmtree(box.root / "run/audio-rtsp")
        after = program.wait_state(NAME, "LIVE", 6)
        second = box.command("run", "--rtsp-port", str(free_port()), "--api-port", str(free_port()))
        assert second.returncode == 75
        assert f"pid {program.process.pid}" in second.stderr
        assert after["capture_pid"] == before["capture_pid"]
        assert after["encoder_pid"] == before["encoder_pid"]
        log = (box.root / "var/log/audio-rtsp/service.log").read_text()
        assert log.count("was removed; it is made anew") == 1
        assert descriptors(program) <= had
    assert not (box.root / "run/audio-rtsp/control.sock").exists()


def test_beside_another_that_was_faster_it_is_said_and_his_socket_stays(box: Box) -> None:
    folder = box.root / "run/audio-rtsp"
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        shutil.rmtree(folder)
        folder.mkdir()
        other = InstanceLock(folder / "lock")
        assert other.take()
        (folder / "control.sock").touch()
        log = box.root / "var/log/audio-rtsp/service.log"
        wait_for(lambda: f"runs beside this one (pid {os.getpid()})" in log.read_text(), 6, "it is said")
    assert (folder / "control.sock").exists()
    other.release()
