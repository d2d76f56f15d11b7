"""Locks between processes, gone with whoever held them."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audio_rtsp.host.lock import InstanceLock, locked

SRC = Path(__file__).resolve().parents[3] / "src"
ENVIRONMENT = {"PYTHONPATH": str(SRC), "PYTHONDONTWRITEBYTECODE": "1"}
HOLD = """
import pathlib, sys
from audio_rtsp.host.lock import InstanceLock
lock = InstanceLock(pathlib.Path(sys.argv[1]))
print(lock.take(), flush=True)
sys.stdin.read()
"""
COUNT = """
import pathlib, sys
from audio_rtsp.host.lock import locked
file = pathlib.Path(sys.argv[1])
for _ in range(100):
    with locked(file.with_name("lock")):
        number = int(file.read_text())
        file.write_text(str(number + 1))
"""


@contextmanager
def holder(path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    argv = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(argv, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_writers_in_parallel_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "count"
    file.write_text("0")
    counters = [subprocess.Popen([sys.executable, "-c", COUNT, str(file)], env=ENVIRONMENT) for _ in range(3)]
    assert [counter.wait(30) for counter in counters] == [0, 0, 0]
    assert file.read_text() == "300"


def test_a_lock_is_free_again_when_its_body_failed(tmp_path: Path) -> None:
    class Oops(Exception):
        pass

    try:
        with locked(tmp_path / "lock"):
            raise Oops
    except Oops:
        pass
    lock = InstanceLock(tmp_path / "lock")
    assert lock.take()
    lock.release()


def test_one_instance_holds_and_the_next_one_is_told_who(tmp_path: Path) -> None:
    mine = InstanceLock(tmp_path / "lock")
    with holder(tmp_path / "lock") as (process, answer):
        assert answer == "True"
        assert not mine.take()
        assert mine.holder() == str(process.pid)


def test_a_holder_that_was_killed_leaves_no_lock(tmp_path: Path) -> None:
    mine = InstanceLock(tmp_path / "lock")
    with holder(tmp_path / "lock") as (process, _):
        process.send_signal(signal.SIGKILL)
        process.wait(5)
        assert mine.take()
        assert mine.holder() == str(os.getpid())
        mine.release()


def test_a_released_lock_goes_to_the_next_and_its_file_stays(tmp_path: Path) -> None:
    mine = InstanceLock(tmp_path / "lock")
    assert mine.take()
    mine.release()
    mine.release()
    with holder(tmp_path / "lock") as (_, answer):
        assert answer == "True"
    assert (tmp_path / "lock").exists()


def test_the_holder_of_no_file_is_nobody_known(tmp_path: Path) -> None:
    assert InstanceLock(tmp_path / "lock").holder() == "?"


def test_no_child_inherits_the_lock(tmp_path: Path) -> None:
    """A child that outlived us would keep the next run from starting."""
    mine = InstanceLock(tmp_path / "lock")
    assert mine.take()
    with subprocess.Popen(["sleep", "20"], close_fds=False) as child:
        mine.release()
        with holder(tmp_path / "lock") as (_, answer):
            assert answer == "True"
        child.kill()


def test_a_lock_whose_file_was_removed_is_taken_anew(tmp_path: Path) -> None:
    lock = InstanceLock(tmp_path / "lock")
    assert lock.take()
    assert lock.is_in_place()
    (tmp_path / "lock").unlink()
    assert not lock.is_in_place()
    assert lock.keep()
    assert lock.is_in_place()
    with holder(tmp_path / "lock") as (_, answer):
        assert answer == "False"
    lock.release()
    with holder(tmp_path / "lock") as (_, answer):
        assert answer == "True"


def test_a_lock_that_another_took_meanwhile_is_his(tmp_path: Path) -> None:
    lock = InstanceLock(tmp_path / "lock")
    assert lock.take()
    (tmp_path / "lock").unlink()
    with holder(tmp_path / "lock") as (other, answer):
        assert answer == "True"
        assert not lock.keep()
        assert lock.holder() == str(other.pid)
    lock.release()


def test_nobody_else_can_hold_a_lock_of_ours(tmp_path: Path) -> None:
    """flock(2) asks for no more than a descriptor, and one that reads will do."""
    (tmp_path / "lock").touch(0o644)
    lock = InstanceLock(tmp_path / "lock")
    assert lock.take()
    lock.release()
    with locked(tmp_path / "other"):
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_full_disk_keeps_nobody_from_running(tmp_path: Path) -> None:
    lock = InstanceLock(tmp_path / "lock")
    with nothing_more_can_be_written():
        assert lock.take()
    assert not InstanceLock(tmp_path / "lock").take()
    assert lock.holder() == "?"
    lock.release()


@contextmanager
def nothing_more_can_be_written() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
