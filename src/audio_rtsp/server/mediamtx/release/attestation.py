"""GitHub's word that it built a file itself, where its program ``gh`` is installed and logged in."""

from __future__ import annotations

import shutil
from pathlib import Path

from audio_rtsp.host.command import run
from audio_rtsp.server.mediamtx.errors import ReleaseRefused
from audio_rtsp.server.mediamtx.release.asset import REPOSITORY

PROGRAM = "gh"
NOT_LOGGED_IN = 4
"""The exit status of every gh command without an account."""
TIMEOUT = 120.0


def can_ask() -> bool:
    """Whether gh is installed."""
    return shutil.which(PROGRAM) is not None


def attest(file: Path) -> str:
    """What came of it, as a sentence; raises ReleaseRefused when GitHub did not build this file."""
    end = run([PROGRAM, "attestation", "verify", str(file), "--repo", REPOSITORY], timeout=TIMEOUT)
    if end.code == 0:
        return "GitHub attests that it built this file"
    if end.code == NOT_LOGGED_IN:
        return "the attestation was not checked: gh is not logged in (gh auth login)"
    if end.code is None:
        return f"the attestation was not checked: gh did not answer within {TIMEOUT:g} s"
    words = end.stderr.strip().splitlines() or ["gh gave no reason"]
    raise ReleaseRefused(file.name, f"is not attested by GitHub ({words[-1]})")
