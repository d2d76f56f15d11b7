"""GitHub's word, asked through ``gh``: a stand-in program in each of its moods (the real one needs an account)."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_rtsp.server.mediamtx.errors import ReleaseRefused
from audio_rtsp.server.mediamtx.release.attestation import attest, can_ask

GH = """#!/bin/sh
echo "$@" > {folder}/asked
echo "{says}" >&2
exit {code}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "mediamtx_v1.20.1_linux_amd64.tar.gz"


def gh(file: Path, code: int, says: str = "") -> None:
    program = file.parent / "gh"
    program.write_text(GH.format(folder=file.parent, says=says, code=code))
    program.chmod(0o755)


def test_what_github_built_is_said_to_be_so(file: Path) -> None:
    gh(file, 0)
    assert can_ask()
    assert attest(file) == "GitHub attests that it built this file"
    asked = (file.parent / "asked").read_text().split()
    assert asked == ["attestation", "verify", str(file), "--repo", "bluenviron/mediamtx"]


def test_what_github_did_not_build_is_refused(file: Path) -> None:
    gh(file, 1, "Error: no attestations found")
    with pytest.raises(ReleaseRefused, match="no attestations found"):
        attest(file)


def test_without_an_account_it_is_said_to_be_unchecked(file: Path) -> None:
    gh(file, 4)
    assert "was not checked: gh is not logged in" in attest(file)
