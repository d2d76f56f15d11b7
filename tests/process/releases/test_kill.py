"""SIGKILL before every change that an installation makes: the server that was there works, or the new one does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from process.releases.box import Box
from process.releases.killing import Killing, killing
from process.releases.release_server import Mood, ReleaseServer
from process.releases.releases import archive, here, program
from unit.host.processes import until

OLD, NEW = "v1.12.2", "v1.20.1"
MOST = 120
EXPECTED = {".lock", "mediamtx", "previous", OLD, NEW, f"{OLD}-before"}


def prepare(box: Box, start: str) -> None:
    """What is installed before."""
    if start == "nothing":
        box.folder.mkdir()
    elif start == "a file of somebody else":
        box.folder.mkdir()
        (box.folder / "mediamtx").write_bytes(program(OLD))
        (box.folder / "mediamtx").chmod(0o755)
    else:
        box.install("-v", OLD)
    if start == "both":
        box.install()
        box.type("rollback", "-y")
    if start == "the same, but changed":
        (box.folder / OLD / "mediamtx").write_bytes(program(OLD) + b"#")


CASES = {
    "first install": ("nothing", ("install", "-y"), {"", NEW}, NEW),
    "upgrade": ("old", ("install", "-y"), {OLD, NEW}, NEW),
    "upgrade of a foreign file": ("a file of somebody else", ("install", "-y"), {OLD, NEW}, NEW),
    "switch to a kept one": ("both", ("install", "-y"), {OLD, NEW}, NEW),
    "the same again": ("the same, but changed", ("install", "-y", "-v", OLD, "--force-install"), {OLD}, OLD),
    "rollback": ("both", ("rollback", "-y"), {OLD, NEW}, NEW),
}
REMOVALS = {
    "of one": (("remove", "-y", NEW), {OLD}, {".lock", "mediamtx", OLD}),
    "of all": (("remove", "-y"), {OLD, ""}, {".lock"}),
}


def every_kill(box: Box, before: Path, verb: str, *rest: str) -> Iterator[tuple[int, Killing]]:
    """Each change by its number, when the verb was killed before it; all begin as the first."""
    shutil.copytree(box.folder, before, symlinks=True)
    words = ["--config-dir", str(box.tree / "etc/audio-rtsp"), "mediamtx", verb, "--to", str(box.folder), *rest]
    with killing(box.folder, words, box.environ) as command:
        for number in range(1, MOST):
            shutil.rmtree(box.folder, ignore_errors=True)
            shutil.copytree(before, box.folder, symlinks=True)
            if not command.kills(number):
                assert number > 6, "there was nothing to walk"
                return
            yield number, command
    pytest.fail("the walk did not reach the end")


@pytest.mark.timeout(180)
@pytest.mark.parametrize("case", CASES)
def test_a_kill_at_every_step_leaves_a_server_that_works(
    box: Box, releases: ReleaseServer, case: str, tmp_path: Path
) -> None:
    start, (verb, *rest), allowed, wanted = CASES[case]
    prepare(box, start)
    seen = set()
    for number, command in every_kill(box, tmp_path / "before", verb, *rest):
        seen.add(box.version)
        assert box.version in allowed, f"before change {number}: {box.version!r}"
        if box.version != wanted:
            assert not command.kills(0)
            assert box.version == wanted, f"after a kill before change {number} the next run does not heal it"
            assert {there.name for there in box.folder.iterdir()} <= EXPECTED
    assert seen == allowed, "the walk did not see both sides of the switch"


@pytest.mark.timeout(180)
@pytest.mark.parametrize("removal", REMOVALS)
def test_a_kill_at_every_step_of_a_removal_leaves_nothing_half(
    box: Box, releases: ReleaseServer, removal: str, tmp_path: Path
) -> None:
    """What is in use works until it goes as a whole; no version is there without its program; the next run ends it."""
    (verb, *rest), allowed, left = REMOVALS[removal]
    prepare(box, "both")
    seen = set()
    for number, command in every_kill(box, tmp_path / "before", verb, *rest):
        seen.add(box.version)
        assert box.version in allowed, f"before change {number}: {box.version!r}"
        half = [there.name for there in box.folder.glob("v*") if not (there / "mediamtx").exists()]
        assert not half, f"before change {number}: {half}"
        if names(box) - left:
            assert not command.kills(0)
            assert names(box) <= left, f"after a kill before change {number} the next run does not end it"
    assert seen == allowed, "the walk did not see both sides of the removal"


def names(box: Box) -> set[str]:
    return {there.name for there in box.folder.iterdir()} if box.folder.exists() else set()


def test_a_kill_in_the_middle_of_a_download_keeps_what_came(box: Box, releases: ReleaseServer) -> None:
    box.install("-v", OLD)
    releases.replace(NEW, archive(NEW, binary=program(NEW) + os.urandom(400_000)))
    releases.mood(here(NEW), Mood(cut=200_000, stall=True))
    part = box.folder / ".downloads" / here(NEW)
    argv = [sys.executable, "-m", "audio_rtsp", "mediamtx", "install", "-y", "--to", str(box.folder)]
    with subprocess.Popen(argv, env=box.environ, stderr=subprocess.PIPE) as process:
        assert until(lambda: part.exists() and part.stat().st_size >= 200_000, seconds=20)
        process.kill()
    releases.enough.set()
    assert box.version == OLD
    assert box.install().code == 0
    assert (box.version, releases.ranges()) == (NEW, ["bytes=200000-"])


@pytest.mark.parametrize("start", ["nothing", "old"])
def test_ctrl_c_says_in_one_line_what_is_in_use(box: Box, releases: ReleaseServer, start: str) -> None:
    prepare(box, start)
    releases.replace(NEW, archive(NEW, binary=program(NEW) + os.urandom(400_000)))
    releases.mood(here(NEW), Mood(cut=200_000, stall=True))
    part = box.folder / ".downloads" / here(NEW)
    argv = [sys.executable, "-m", "audio_rtsp", "mediamtx", "install", "-y", "--to", str(box.folder)]
    with subprocess.Popen(argv, env=box.environ, stderr=subprocess.PIPE, text=True) as process:
        assert until(lambda: part.exists() and part.stat().st_size >= 200_000, seconds=20)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[1]
    releases.enough.set()
    stays = f"MediaMTX {OLD} stays" if start == "old" else "no MediaMTX stays"
    assert said.splitlines()[-1] == f"audio-rtsp: stopped: {stays} in use; the same again goes on"
    assert (process.returncode, box.version) == (130, OLD if start == "old" else "")
    assert box.install().code == 0
    assert releases.ranges() == ["bytes=200000-"]
