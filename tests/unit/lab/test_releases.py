"""The release files that the lab carries into its guest, of stand-in programs."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest
from field import releases
from field.releases import REQUIRED, oldest_and_newest
from field.scenario import LeftOut


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of /usr/local/mediamtx; nothing is in it."""
    monkeypatch.delenv(REQUIRED, raising=False)
    monkeypatch.setattr(releases, "MEDIAMTX", tmp_path / "mediamtx")
    return tmp_path


def put(path: Path, version: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)


def test_the_oldest_and_the_newest_of_this_host_are_carried(folder: Path) -> None:
    put(folder / "mediamtx", "v1.9.3")
    for version in ("v1.20.1", "v1.12.2", "v1.19.0-3-gabc"):
        put(folder / version / "mediamtx", version)
    assert [one.version for one in oldest_and_newest()] == ["v1.9.3", "v1.20.1"]


@pytest.mark.parametrize("there", [(), ("v1.20.1",)])
def test_fewer_than_two_leave_the_scenario_out(
    folder: Path, there: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in there:
        put(folder / "mediamtx", version)
    with pytest.raises(LeftOut, match=f"two versions of MediaMTX are needed.*there: {there[0] if there else 'none'}"):
        oldest_and_newest()
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(AssertionError):
        oldest_and_newest()


@pytest.mark.parametrize(("version", "sums"), [("v1.12.2", "{}.sha256sum"), ("v1.20.1", "checksums.sha256")])
def test_a_carried_release_has_the_layout_of_its_time(folder: Path, version: str, sums: str) -> None:
    put(folder / "a/mediamtx", "v1.12.2")
    put(folder / "b/mediamtx", "v1.20.1")
    release = next(one for one in oldest_and_newest() if one.version == version)
    release.write(folder)
    list_name = sums.format(release.archive)
    done = subprocess.run(("sha256sum", "-c", list_name), cwd=folder, capture_output=True, text=True)
    assert done.stdout == f"{release.archive}: OK\n"
    with tarfile.open(folder / release.archive) as archive:
        members = [(one.name, one.mode, one.uid) for one in archive]
    assert members == [("mediamtx", 0o755, 0), ("mediamtx.yml", 0o644, 0), ("LICENSE", 0o644, 0)]
