"""The owner saves while his file is looked at."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from audio_rtsp.server.mediamtx.conf_files import ConfFiles
from audio_rtsp.server.mediamtx.configuration import ServerConfiguration

BEFORE = "readTimeout: 11s\nrtspAddress: :18554\nrtmp: false\nhls: false\nwebrtc: false\nsrt: false\n"
SAVED = BEFORE.replace("11s", "12s")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the user that a trial runs as may read (pytest's own folders are for their user alone)."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


def test_an_emptied_file_leaves_the_server_as_it_is(folder: Path) -> None:
    files = ConfFiles.under(folder)
    files.owner.parent.mkdir(parents=True)
    files.owner.touch()
    (complaint,) = ServerConfiguration(files, folder, "", {}).follow().complaints
    assert complaint.startswith("mediamtx.yml: it is empty")
    assert not files.checked.exists()


def test_what_is_saved_before_another_port_is_written_is_not_lost(folder: Path) -> None:
    files = ConfFiles.under(folder)
    files.owner.parent.mkdir(parents=True)
    files.owner.write_text(BEFORE)
    (folder / "saved").write_text(SAVED)
    (folder / "config").write_text("RTSP_PORT=28554\nAPI_PORT=29997\n")
    binary = folder / "mediamtx"
    save = f'[ "$1" != --version ] || cp {folder}/saved {files.owner}; rm -f {folder}/saved'
    binary.write_text(f"#!/bin/sh\n{save}\necho MediaMTX v1.20.1\n")
    binary.chmod(0o755)
    followed = ServerConfiguration(files, folder, str(binary), {}).follow()
    assert followed.complaints == ()
    assert files.owner.read_text() == SAVED.replace(":18554", '":28554"')
    assert "readTimeout: 12s" in files.checked.read_text()
