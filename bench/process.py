"""What /proc says a process costs (proc(5))."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Of one process alone, since its start: CPU seconds, and how often it went to sleep by itself."""

    when: float
    cpu: float
    sleeps: int


def read_usage(pid: int) -> Usage:
    """What *pid* has used so far."""
    folder = Path(f"/proc/{pid}")
    return Usage(
        when=time.monotonic(),
        cpu=parse_cpu_seconds((folder / "stat").read_text(), TICKS),
        sleeps=sum(
            parse_field(status.read_text(), "voluntary_ctxt_switches") for status in folder.glob("task/*/status")
        ),
    )


def read_fine_cpu(pid: int) -> float:
    """CPU seconds of the threads that live, to the nanosecond (schedstat); in ticks where the kernel has none."""
    files = tuple(Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9 if files else read_usage(pid).cpu


def parse_cpu_seconds(stat: str, ticks: int) -> float:
    """utime and stime of /proc/PID/stat; the name before them may hold blanks and brackets."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / ticks


def parse_field(text: str, key: str) -> int:
    """The number behind ``key:`` (kB where the kernel counts memory); raises ValueError when it is not there."""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name == key:
            return int(value.split()[0])
    raise ValueError(f"no {key}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """MB of one process: resident, with shared pages counted by their share, and its own pages alone.

    PSS grows when another program that shares pages ends; only *own* is this process's doing.
    """

    rss: float
    pss: float
    own: float


def read_memory(pid: int) -> Memory:
    """Of *pid* now."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    own = parse_field(text, "Private_Clean") + parse_field(text, "Private_Dirty")
    return Memory(rss=parse_field(text, "Rss") / 1024, pss=parse_field(text, "Pss") / 1024, own=own / 1024)


def children(pid: int) -> tuple[int, ...]:
    """Direct children of all its threads."""
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found.extend(map(int, file.read_text().split()))
        except OSError:
            continue
    return tuple(found)
