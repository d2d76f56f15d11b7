"""What the numbers were measured on: hardware, kernel and the programs that take part."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MEDIAMTX = Path("/usr/local/mediamtx/mediamtx")
VERSION_LIMIT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """``programs``: version by name; one that is not there says so."""

    cpu: str
    cores: int
    memory_mb: int
    kernel: str
    programs: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> tuple[str, ...]:
        """For the head of the table."""
        facts = {
            "cpu": f"{self.cpu}, {self.cores} cores",
            "memory": f"{self.memory_mb} MB",
            "kernel": self.kernel,
            **self.programs,
        }
        return tuple(f"{key:<10}{text}"[:80] for key, text in facts.items())


def read_machine() -> Machine:
    """Ask this machine."""
    return Machine(
        cpu=parse_cpu(Path("/proc/cpuinfo").read_text()) or platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_mb=parse_memory(Path("/proc/meminfo").read_text()),
        kernel=f"{platform.system()} {platform.release()} {platform.machine()}",
        programs={
            "python": platform.python_version(),
            "ffmpeg": _version("ffmpeg", "-version"),
            "arecord": _version("arecord", "--version"),
            "mediamtx": _version(str(MEDIAMTX), "--version"),
        },
    )


def parse_cpu(text: str) -> str:
    """The model in /proc/cpuinfo: ``model name`` on PCs, ``Model`` on a Raspberry Pi; else empty."""
    found = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def parse_memory(text: str) -> int:
    """MB of /proc/meminfo's MemTotal."""
    found = re.search(r"^MemTotal:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) // 1024 if found else 0


def load() -> float:
    """Load average of the last minute."""
    return os.getloadavg()[0]


def _version(program: str, option: str) -> str:
    try:
        done = subprocess.run((program, option), capture_output=True, text=True, timeout=VERSION_LIMIT)
    except (OSError, subprocess.TimeoutExpired):
        return "not found"
    words = re.search(r"v?\d+\.\d[\w.+:~-]*", done.stdout + done.stderr)
    return words[0] if words else "unknown version"
