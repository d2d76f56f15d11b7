"""A lab that is ended in the middle leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.command import DIES_WITH_US
from lab.folder import passing_folder
from lab.warden import SUFFIX

from field.sabotage import Sabotage
from field.scenario import scenario
from field.stage import Stage

LAB = Path(__file__).parents[4] / "script/lab"
GUEST_LIMIT, GONE_LIMIT = 60.0, 10.0
MACHINE, WARDEN = "qemu-system", "warden.py"
WARDENS_FIRST = Sabotage(words="the wardens of its folders are killed first")


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a running lab has: its processes by command line, and folders that must pass."""

    processes: dict[int, str]
    folders: frozenset[Path]

    def of(self, words: str) -> list[int]:
        """The processes with these words in their command line."""
        return [pid for pid, line in self.processes.items() if words in line]

    def left(self, seconds: float) -> list[str]:
        """What is still there after that time, at most."""
        end = time.monotonic() + seconds
        while (left := self._left()) and time.monotonic() < end:
            time.sleep(0.1)
        return left

    def _left(self) -> list[str]:
        lines = [line for pid, line in self.processes.items() if _command_line(pid)]
        return lines + [str(folder) for folder in self.folders if folder.exists()]


@scenario("nothing-left", WARDENS_FIRST)
def nothing_left(stage: Stage) -> None:
    """No process, socket or folder of a second lab is left when it is killed or interrupted while its guest runs; and
    what is left when its wardens were killed too goes when the next one begins.
    """
    run = stage.station.cache.folder / "run"
    kill_first = _kill_wardens if stage.sabotage is WARDENS_FIRST else _kill_nobody
    try:
        for number in (signal.SIGKILL, signal.SIGINT):
            left = _ended(run, number, kill_first).left(GONE_LIMIT)
            assert not left, f"{number.name} left {left}"
        had = _ended(run, signal.SIGKILL, _kill_wardens)
        assert had.left(1.0), "the premise is gone: nothing is left without wardens"
    finally:
        _begin_another(run)
    assert not had.left(0.0), f"the next one left {had.left(0.0)}"
    stage.note("killed, interrupted, killed with its wardens")


def _begin_another(run: Path) -> None:
    with passing_folder(run, "next-"):
        pass


def _ended(run: Path, number: signal.Signals, first: Callable[[Belongings], None]) -> Belongings:
    """What a lab had that got the signal while its guest ran, and has ended."""
    argv = (*DIES_WITH_US, LAB, "--cache", run.parent, "exact")
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as lab:
        try:
            had = _with_guest(lab, run)
            first(had)
            lab.send_signal(number)
            lab.wait(GONE_LIMIT)
        finally:
            lab.kill()
    return had


def _with_guest(lab: subprocess.Popen[bytes], run: Path) -> Belongings:
    end = time.monotonic() + GUEST_LIMIT
    while time.monotonic() < end and lab.poll() is None:
        had = Belongings(dict(_descendants(lab.pid)), frozenset(_held(lab.pid, run)))
        if had.of(MACHINE) and had.folders:
            return had
        time.sleep(0.1)
    raise AssertionError(f"no guest of the second lab within {GUEST_LIMIT:g} s (exit code {lab.poll()})")


def _kill_wardens(had: Belongings) -> None:
    for pid in had.of(WARDEN):
        os.kill(pid, signal.SIGKILL)


def _kill_nobody(had: Belongings) -> None:
    return


def _descendants(pid: int) -> Iterator[tuple[int, str]]:
    """Children, theirs, and so on (proc(5): the parent is the second word behind the name)."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    family = [pid]
    for one in family:
        children = [child for child, parent in parents.items() if parent == one]
        family += children
        yield from ((child, _command_line(child)) for child in children)


def _command_line(pid: int) -> str:
    """Empty for a process that ended, also for one that nobody reaped."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _held(pid: int, run: Path) -> Iterator[Path]:
    """The passing folders that the process has locked."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            folder = link.readlink()
            if folder.suffix == SUFFIX and folder.parent == run:
                yield folder
