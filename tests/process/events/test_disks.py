"""Real disks that are full, real programs that die in the middle, and several at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audio_rtsp.events.account import Loss
from audio_rtsp.events.account_file import FILE, AccountFile, load_account
from audio_rtsp.events.journal import read_journal
from deadly import DEADLY
from process.own_mounts import has_own_mounts

SRC = Path(__file__).resolve().parents[3] / "src"
ENVIRONMENT = {"PYTHONPATH": str(SRC), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"], "TZ": "UTC"}
DAY = "2026-11-24"

FULL = """
import itertools, json, os, pathlib, sys
from audio_rtsp.config.settings import LogLevel
from audio_rtsp.events.event import Event
from audio_rtsp.events.journal import read_journal
from audio_rtsp.events.recorder import Clocks, Recorder, RecorderPlaces
folder = pathlib.Path(sys.argv[1])
seconds = itertools.count(1_795_508_260)
said = []
clock = lambda: float(next(seconds))
places = RecorderPlaces(logs=folder / "logs", state=folder / "state")
recorder = Recorder(places, LogLevel.DEBUG, Clocks(wall=clock, monotonic=clock), said.append)

def live(first, last):
    for number in range(first, last):
        recorder.note(Event(subject="desk", before="LIVE", after="BUSY", cause=f"number {number}"))
        recorder.count("desk", number / 2, 0.0)
        recorder.tick()

ballast = folder / "ballast"
live(0, 20)
with ballast.open("wb", buffering=0) as file:
    try:
        while file.write(b"x" * 512):
            pass
    except OSError:
        pass
live(20, 400)
full = recorder.complaints()
ballast.unlink()
live(400, 420)
recorder.close()
lines = (folder / "logs/audio-streams.log").read_text().splitlines()
entries = read_journal(folder / "state", 9999)
numbers = [int(entry.event.cause.split()[1]) for entry in entries if entry.event.subject == "desk"]
account = json.loads((folder / "state/account.json").read_text())
print(json.dumps([said, full, recorder.complaints(), lines, numbers, account]))
"""

NUMBERING = """
import itertools, pathlib, sys, time
from audio_rtsp.events import journal as module
from audio_rtsp.events.event import Event
module.LARGEST = int(sys.argv[2])
journal = module.Journal(pathlib.Path(sys.argv[1]))
for number in itertools.count(int(sys.argv[3])):
    journal.note(Event(subject="desk", before="A", after="B", cause=str(number)), time.time(), time.monotonic())
    journal.tick(time.time(), time.monotonic())
    print(number, flush=True)
"""

APPENDING = """
import pathlib, sys
from audio_rtsp.events.log_file import LogFile
log = LogFile(pathlib.Path(sys.argv[1]))
for number in range(3000):
    assert log.append(f"<{sys.argv[2]} {number} {'x' * (number % 90)}>", str), log.trouble
"""

KILLED_AT = f"""
import pathlib, sys
from audio_rtsp.events.account import Loss
from audio_rtsp.events.account_file import AccountFile
file = AccountFile(pathlib.Path(sys.argv[1]))
file.add("desk", "2026-11-24", Loss(2.0))
{DEADLY}
file.tick(0.0)
"""


def start(script: str, *words: object) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", script, *map(str, words)]
    return subprocess.Popen(argv, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)


def test_a_disk_that_is_really_full_costs_lines_and_is_said_once(tmp_path: Path) -> None:
    if not has_own_mounts():
        pytest.skip("no right to mount a small file system")
    mount = f'mount -t tmpfs -o size=64k x "{tmp_path}" && exec "$0" "$@"'
    argv = ["unshare", "-rm", "sh", "-c", mount, sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(argv, env=ENVIRONMENT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    said, full, afterwards, lines, numbers, account = json.loads(done.stdout)
    assert len(said) == len(full) == 3
    assert all("no space left on device" in complaint for complaint in full)
    assert afterwards == []
    ours = [line for line in lines if line.endswith(")") and "missing" not in line]
    assert all(line.count("desk: busy (number ") <= 1 for line in lines)
    assert sum("lines are missing here (no space left on device)" in line for line in lines) >= 1
    assert 1 <= len(lines) - len(ours) <= 6, "half lines stand alone"
    for found in (numbers, [int(line.rsplit(" ", 1)[1].rstrip(")")) for line in ours]):
        assert found == sorted(set(found))
        assert {*range(20), *range(400, 420)} <= set(found)
    assert sum(lost for days in account["streams"].values() for lost, _ in days.values()) == 209.5


def test_a_program_that_is_killed_loses_nothing_and_the_next_goes_on(tmp_path: Path) -> None:
    told: list[int] = []
    for _ in range(3):
        first = told[-1] + 1000 if told else 0
        with start(NUMBERING, tmp_path, 1 << 20, first) as program:
            assert program.stdout
            told += [int(program.stdout.readline()) for _ in range(40)]
            program.kill()
            told += [int(line) for line in program.stdout.read().split("\n")[:-1]]
        assert program.returncode == -signal.SIGKILL
    found = [int(entry.event.cause) for entry in read_journal(tmp_path, 10**6)]
    assert set(told) <= set(found)
    assert found == sorted(set(found))
    assert len(found) <= len(told) + 3


def test_a_reader_beside_a_writer_that_rotates_sees_each_entry_once_and_in_order(tmp_path: Path) -> None:
    with start(NUMBERING, tmp_path, 3000, 0) as program:
        assert program.stdout
        program.stdout.readline()
        for _ in range(300):
            found = [int(entry.event.cause) for entry in read_journal(tmp_path, 10**6)]
            assert found == sorted(set(found))
            assert found
        program.kill()
    assert found[-1] > 100, "it rotated meanwhile"


def test_lines_of_several_programs_stay_whole_while_the_file_is_rotated(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    programs = [start(APPENDING, path, number) for number in range(4)]
    rotated = 0
    while any(program.poll() is None for program in programs):
        if path.exists():
            path.rename(tmp_path / f"a.log.{rotated}")
            rotated += 1
    assert [program.wait() for program in programs] == [0] * 4
    for program in programs:
        assert program.stdout
        program.stdout.close()
    lines = [line for file in tmp_path.iterdir() for line in file.read_text().splitlines()]
    expected = {f"<{number} {line} {'x' * (line % 90)}>" for number in range(4) for line in range(3000)}
    assert rotated > 3
    assert sorted(lines) == sorted(expected)


def test_killed_at_any_step_the_account_is_old_or_new(tmp_path: Path) -> None:
    old, new = Loss(1.0), Loss(3.0)
    codes, found = [], []
    for step in range(20):
        folder = tmp_path / str(step)
        folder.mkdir()
        before = AccountFile(folder)
        before.add("desk", DAY, old)
        before.close()
        with start(KILLED_AT, folder, step) as program:
            codes.append(program.wait(20))
        loaded = load_account(folder)
        assert loaded.complaint == ""
        found.append(loaded.account.streams()["desk"][DAY])
        AccountFile(folder).close()
        if codes[-1] == 0:
            break
    assert codes == [-signal.SIGKILL] * (len(codes) - 1) + [0]
    assert len(codes) > 6
    renamed = found.index(new)
    assert found == [old] * renamed + [new] * (len(found) - renamed)
    assert (tmp_path / "0" / FILE).exists()
