"""A passing folder goes however its maker ends, and with it who works there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab.errors import FolderLeft, NoFolder
from lab.folder import passing_folder
from lab.warden import dwellers, mounts_below

from lab import folder as lab_folder
from process.own_mounts import has_own_mounts

ROOT = Path(__file__).resolve().parents[3]
ENVIRON = {**os.environ, "PYTHONPATH": str(ROOT)}
MAKER = """import subprocess, sys, time
from pathlib import Path
from lab.command import DIES_WITH_US
from lab.folder import passing_folder

with passing_folder(Path(sys.argv[1]), "guest-") as folder:
    (folder / "deep").mkdir()
    child = subprocess.Popen(eval(sys.argv[2]), start_new_session=True, cwd=folder / "deep")
    print(child.pid, flush=True)
    time.sleep(600)
"""
PLAIN = "(*DIES_WITH_US, 'sleep', '600')"
REFILLING = "('sh', '-c', 'while :; do mkdir -p ../x$((n+=1)); done')"
IN_CHROOT = (
    "(sys.executable, '-c', 'import os, sys, time; os.chroot(sys.argv[1]); os.chdir(\"/\"); time.sleep(600)', folder)"
)


class Maker:
    """A process in the body of passing_folder, with one that it started there."""

    def __init__(self, parent: Path, child: str = PLAIN) -> None:
        self.process = subprocess.Popen(
            (sys.executable, "-P", "-c", MAKER, parent, child),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRON,
        )
        assert self.process.stdout
        self.child = int(self.process.stdout.readline())

    def warden(self) -> int:
        answer = subprocess.run(
            ("pgrep", "-P", str(self.process.pid), "-f", "warden.py"), capture_output=True, check=True
        )
        return int(answer.stdout)

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(5)
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Maker]]:
    made: list[Maker] = []

    def one(child: str = PLAIN) -> Maker:
        made.append(Maker(tmp_path, child))
        return made[-1]

    yield one
    for maker in made:
        maker.end(signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def is_soon(so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not so() and time.monotonic() < end:
        time.sleep(0.02)
    return so()


def test_a_passing_folder_goes_with_its_body(tmp_path: Path) -> None:
    with passing_folder(tmp_path / "run", "guest-") as folder:
        (folder / "disk").write_text("x")
    assert not folder.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_passing_folder_goes_with_its_process_and_so_do_programs(
    tmp_path: Path, make: Callable[..., Maker], number: signal.Signals
) -> None:
    maker = make()
    maker.end(number)
    assert is_soon(lambda: not list(tmp_path.iterdir()) and not is_alive(maker.child))


@pytest.mark.parametrize(
    "child",
    [
        pytest.param(REFILLING, id="refilling"),
        pytest.param(
            IN_CHROOT, id="chroot", marks=pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a chroot")
        ),
    ],
)
def test_who_works_below_the_folder_or_has_its_root_there_goes_too(
    tmp_path: Path, make: Callable[..., Maker], child: str
) -> None:
    maker = make(child)
    folder = next(tmp_path.iterdir())
    assert is_soon(lambda: maker.child in dwellers(folder))
    maker.end(signal.SIGKILL)
    assert is_soon(lambda: not list(tmp_path.iterdir()) and not is_alive(maker.child))


def test_what_a_dead_warden_left_goes_when_the_next_one_begins(tmp_path: Path, make: Callable[..., Maker]) -> None:
    maker = make()
    folder = next(tmp_path.iterdir())
    os.kill(maker.warden(), signal.SIGKILL)
    with passing_folder(tmp_path, "guest-"):
        assert folder.exists(), "its maker is still there"
    maker.end(signal.SIGKILL)
    assert folder.exists(), "the premise is gone"
    with passing_folder(tmp_path, "guest-") as other:
        assert list(tmp_path.iterdir()) == [other]


@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.15, 0.2, 0.3])
def test_an_interrupt_at_any_moment_leaves_no_folder(tmp_path: Path, seconds: float) -> None:
    script = "import sys; from pathlib import Path; from lab.folder import passing_folder\n" + (
        "while True:\n    with passing_folder(Path(sys.argv[1]), 'guest-'): pass\n"
    )
    argv = (sys.executable, "-P", "-c", script, tmp_path)
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL, env=ENVIRON) as process:
        assert is_soon(lambda: bool(list(tmp_path.iterdir())))
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        process.wait(5)
    assert is_soon(lambda: not list(tmp_path.iterdir()))


def test_a_folder_that_stays_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lazy = tmp_path / "lazy.py"
    lazy.write_text(
        "import os, sys; place = sys.argv[1] + '/x'; os.mkdir(place); print(place, flush=True)\n"
        "sys.stdin.read(); sys.exit(1)\n"
    )
    monkeypatch.setattr(lab_folder, "WARDEN", lazy)
    with pytest.raises(FolderLeft, match="x could not be removed"), passing_folder(tmp_path, "guest-"):
        pass


def test_a_folder_that_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mute = tmp_path / "mute.py"
    mute.write_text("")
    monkeypatch.setattr(lab_folder, "WARDEN", mute)
    with pytest.raises(NoFolder), passing_folder(tmp_path, "guest-"):
        pass


def test_mounts_below_are_found_from_the_inside_out() -> None:
    lines = [
        f"{number} 1 0:1 / {point} rw - tmpfs x rw"
        for number, point in enumerate(("/", "/a", "/a/b\\040c", "/a/b\\040c/d", "/ab"))
    ]
    assert mounts_below("\n".join(lines), Path("/a")) == [Path("/a/b c/d"), Path("/a/b c")]


def test_what_is_mounted_below_is_unmounted_and_not_emptied(tmp_path: Path) -> None:
    if not has_own_mounts():
        pytest.skip("this user may not mount")
    (tmp_path / "owner").mkdir()
    (tmp_path / "owner/file").write_text("precious")
    (tmp_path / "run").mkdir()
    script = (
        "import subprocess, sys; from pathlib import Path; from lab.folder import passing_folder\n"
        "with passing_folder(Path(sys.argv[1]) / 'run', 'tree-') as folder:\n"
        "    (folder / 'dev').mkdir()\n"
        "    subprocess.run(('mount', '--bind', sys.argv[1] + '/owner', folder / 'dev'), check=True)\n"
        "    assert (folder / 'dev/file').exists()\n"
    )
    argv = ("unshare", "-rm", sys.executable, "-P", "-c", script, tmp_path)
    subprocess.run(argv, check=True, env=ENVIRON, timeout=20)
    assert (tmp_path / "owner/file").exists() and not list((tmp_path / "run").iterdir())
