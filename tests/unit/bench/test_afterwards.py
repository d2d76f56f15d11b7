"""Nothing stays behind: seen on the real script, interrupted while children of it run."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "script/bench"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_bench_leaves_no_process_and_no_folder(tmp_path: Path, number: signal.Signals) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR": str(tmp_path), "LC_ALL": "C"}
    with subprocess.Popen((SCRIPT, "--quick", "upkeep"), env=environment, stdout=subprocess.DEVNULL) as bench:
        _wait(lambda: _mine(tmp_path, "rtsp://127.0.0.1"))
        bench.send_signal(number)
        assert bench.wait(20) == 130
    _wait(lambda: not _mine(tmp_path))
    assert list(tmp_path.iterdir()) == []


def _mine(folder: Path, word: str = "") -> list[str]:
    """Processes with this folder in their environment, and *word* in their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = f"TMPDIR={folder}\0".encode() in (process / "environ").read_bytes()
            if is_ours and word.encode() in (process / "cmdline").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found


def _wait(what: Callable[[], Any]) -> None:
    end = time.monotonic() + 15
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)
