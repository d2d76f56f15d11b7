"""A download on a terminal, and where there is none; a question to a person, and to nobody."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[3] / "src"
DOWNLOAD = """
from audio_rtsp.cli.progress import make_progress
with make_progress() as progress:
    for done in range(0, 20_000_001, 100_000):
        progress(done, 20_000_000)
"""
ASK = """
from audio_rtsp.cli.question import confirm
from audio_rtsp.errors import NotConfirmed
try:
    confirm("Go on?", default=True, yes=False, otherwise="")
    print("yes")
except NotConfirmed as error:
    print(error.fix)
"""


def environment() -> dict[str, str]:
    return {"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "TERM": "xterm", "COLUMNS": "80"}


def on_terminal(code: str, typed: bytes = b"") -> str:
    """Everything that is shown on a terminal of its own."""
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-c", code]
    with subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, env=environment()):
        os.close(theirs)
        os.write(ours, typed)
        shown = b""
        while True:
            try:
                data = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            shown += data
    os.close(ours)
    return shown.decode()


def elsewhere(code: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)


def test_a_terminal_shows_a_bar_with_size_and_rate() -> None:
    shown = on_terminal(DOWNLOAD)
    assert "20.0 MB" in shown or "20.0/20.0 MB" in shown
    assert "MB/s" in shown or "GB/s" in shown


def test_elsewhere_every_tenth_is_a_line() -> None:
    done = elsewhere(DOWNLOAD)
    lines = done.stderr.splitlines()
    assert len(lines) == 11
    assert lines[5].startswith("  10.0 of 20.0 MB, ")
    assert "\x1b" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(("typed", "answer"), [(b"\n", "yes"), (b"y\n", "yes"), (b"n\n", "type the same again")])
def test_a_person_answers(typed: bytes, answer: str) -> None:
    assert answer in on_terminal(ASK, typed)


def test_where_nobody_can_answer_the_flag_is_named() -> None:
    assert elsewhere(ASK).stdout == "type the same with -y\n"
