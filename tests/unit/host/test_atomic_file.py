"""Files change whole or not at all, whatever happens in the middle."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from audio_rtsp.host.atomic_file import write_atomic
from deadly import DEADLY

SRC = Path(__file__).resolve().parents[3] / "src"
KILLED_AT = f"""
from audio_rtsp.host import atomic_file
{DEADLY}
atomic_file.write_atomic(pathlib.Path(sys.argv[1]), b"new " * 10000)
"""
OLD, NEW = b"old " * 10000, b"new " * 10000


def write_and_be_killed(path: Path, step: int) -> int:
    argv = [sys.executable, "-c", KILLED_AT, str(path), str(step)]
    environment = {"PYTHONPATH": str(SRC), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(argv, env=environment, timeout=20).returncode


def test_a_new_file_has_its_content_and_the_usual_mode(tmp_path: Path) -> None:
    write_atomic(tmp_path / "file", b"content")
    assert (tmp_path / "file").read_bytes() == b"content"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_killed_at_any_step_the_file_is_old_or_new_and_the_next_run_clears_up(tmp_path: Path) -> None:
    codes, contents = [], []
    for step in range(20):
        path = tmp_path / str(step) / "config"
        path.parent.mkdir()
        path.write_bytes(OLD)
        codes.append(write_and_be_killed(path, step))
        contents.append(path.read_bytes())
        write_atomic(path, b"next")
        assert [left.name for left in path.parent.iterdir()] == ["config"]
        if codes[-1] == 0:
            break
    assert codes == [-signal.SIGKILL] * (len(codes) - 1) + [0]
    assert len(codes) > 6
    renamed = contents.index(NEW)
    assert contents == [OLD] * renamed + [NEW] * (len(contents) - renamed)


def test_the_file_and_then_its_folder_reach_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, rename = os.fsync, Path.rename
    folder_of = {tmp_path: "folder"}

    def noted_fsync(descriptor: int) -> None:
        done.append("fsync " + folder_of.get(Path(f"/proc/self/fd/{descriptor}").readlink(), "file"))
        fsync(descriptor)

    def noted_rename(path: Path, target: Path) -> Path:
        done.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "rename", noted_rename)
    write_atomic(tmp_path / "file", b"content")
    assert done == ["fsync file", "rename", "fsync folder"]


def test_the_mode_of_a_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_atomic(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_mode_that_was_asked_for_wins(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"old")
    write_atomic(path, b"new", mode=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_owner_of_a_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    path.write_bytes(b"old")
    os.chown(path, 1234, 4321)
    write_atomic(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


def test_a_symbolic_link_stays_one_and_its_target_changes(tmp_path: Path) -> None:
    target, link = tmp_path / "real" / "config", tmp_path / "config"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link.symlink_to("real/config")
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert [path.name for path in target.parent.iterdir()] == ["config"]


def test_a_link_to_itself_is_an_error_of_the_disk_and_no_bug(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links"):
        write_atomic(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_is_not_there_is_an_error_and_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "nowhere" / "file", b"content")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_content_and_no_debris(tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands in for a full disk: write(2) fails in the middle."""
    path = tmp_path / "config"
    path.write_bytes(b"old")
    script = (
        "import pathlib, resource, signal, sys\n"
        "from audio_rtsp.host.atomic_file import write_atomic\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_atomic(pathlib.Path(sys.argv[1]), b'x' * 5000)\n"
        "except OSError: sys.exit(7)"
    )
    environment = {"PYTHONPATH": str(SRC), "PYTHONDONTWRITEBYTECODE": "1"}
    assert subprocess.run([sys.executable, "-c", script, str(path)], env=environment, timeout=20).returncode == 7
    assert path.read_bytes() == b"old"
    assert [left.name for left in tmp_path.iterdir()] == ["config"]


def test_the_debris_of_the_living_and_of_other_files_stays(tmp_path: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    kept = [f".config.{os.getpid()}.aa.tmp", f".other.{dead.pid}.aa.tmp", ".config.tmp", "config.x.y.tmp"]
    for name in [*kept, f".config.{dead.pid}.aa.tmp"]:
        (tmp_path / name).touch()
    write_atomic(tmp_path / "config", b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, "config"])


def test_two_writers_at_once_leave_one_whole_content(tmp_path: Path) -> None:
    path = tmp_path / "config"
    script = (
        "import pathlib, sys\n"
        "from audio_rtsp.host.atomic_file import write_atomic\n"
        "for _ in range(30): write_atomic(pathlib.Path(sys.argv[1]), sys.argv[2].encode() * 20000)"
    )
    environment = {"PYTHONPATH": str(SRC), "PYTHONDONTWRITEBYTECODE": "1"}
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(path), letter], env=environment) for letter in ("a", "b")
    ]
    assert [writer.wait(20) for writer in writers] == [0, 0]
    assert path.read_bytes() in (b"a" * 20000, b"b" * 20000)
    assert [left.name for left in tmp_path.iterdir()] == ["config"]
