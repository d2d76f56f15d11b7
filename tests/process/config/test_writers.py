"""Files changed by real processes: two at once, one without rights, and the cost of looking at the settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from audio_rtsp.config.backup import backups_of
from audio_rtsp.config.keyvalue import parse_lines

SOURCE = str(Path(__file__).parents[3] / "src")
WRITER = """
import sys
from pathlib import Path
from audio_rtsp.config.edit import change_file
from audio_rtsp.config.keyvalue import set_key

sys.stdin.read(1)
for number in range(20):
    change_file(Path(sys.argv[1]), lambda data: set_key(data, f"{sys.argv[2]}_{number}", str(number)))
"""
STRANGER = """
import os, sys
from pathlib import Path
from audio_rtsp import errors
from audio_rtsp.config.edit import change_file
from audio_rtsp.config.load import load

if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
folder = Path(sys.argv[1])
print(*load(folder, environ={}, overrides={}).complaints, sep="\\n")
try:
    change_file(folder / sys.argv[2], lambda data: data + b"A=1\\n")
except errors.AudioRtspError as error:
    print(type(error).__name__, error.exit_code)
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": SOURCE},
    )


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"# mine \xff\n")
    writers = [start(WRITER, str(path), name) for name in "ABCD"]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("x")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    lines = parse_lines(path.read_bytes())
    assert {line.key for line in lines if line.key} == {f"{name}_{number}" for name in "ABCD" for number in range(20)}
    assert path.read_bytes().startswith(b"# mine \xff\n")
    assert len(backups_of(path)) == 10
    assert not [there for there in tmp_path.iterdir() if there.name.endswith(".tmp")]


def test_a_stranger_cannot_read_and_never_rewrites(open_folder: Path) -> None:
    path = open_folder / "config"
    path.write_text("RTSP_PORT=8554\n")
    path.chmod(0)
    out, _ = start(STRANGER, str(open_folder), "config").communicate()
    complaint, refusal = out.splitlines()
    assert complaint.startswith("config: cannot be read (permission denied); nothing of it is in force; fix: ")
    assert refusal == "NotReadable 17"
    path.chmod(0o644)
    assert path.read_text() == "RTSP_PORT=8554\n"


@pytest.mark.skipif(os.getuid() != 0, reason="the folder must be another user's")
def test_a_stranger_in_anothers_folder_is_told_so(open_folder: Path) -> None:
    (open_folder / "config").write_text("RTSP_PORT=8554\n")
    out, _ = start(STRANGER, str(open_folder), "config").communicate()
    assert out.splitlines() == ["", "NotWritable 16"]
    assert (open_folder / "config").read_text() == "RTSP_PORT=8554\n"


def test_looking_at_the_settings_pulls_in_nothing_heavy() -> None:
    heavy = "{'click', 'json', 'asyncio', 'difflib'}"
    out, _ = start(f"import sys, audio_rtsp.config.settings; print(sorted({heavy} & set(sys.modules)))").communicate()
    assert out == "[]\n"
