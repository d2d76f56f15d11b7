"""The real MediaMTX binaries of this machine: the named one, the one on PATH, and those in our installer's folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path("/usr/local/mediamtx")
NONE = "no MediaMTX here: name one in MEDIAMTX_BIN, or put one into /usr/local/mediamtx"


def version_of(binary: str) -> tuple[int, ...]:
    said = subprocess.run((binary, "--version"), capture_output=True, text=True, timeout=20).stdout
    return tuple(int(number) for number in re.findall(r"\d+", said)[:3])


def oldest_and_newest() -> list[str]:
    """Paths, the oldest version first; one when there is one, none when there is none."""
    places = [os.environ.get("MEDIAMTX_BIN", ""), shutil.which("mediamtx") or "", str(FOLDER / "mediamtx")]
    places += [str(path) for path in sorted(FOLDER.glob("*/mediamtx"))]
    by_version = {version_of(place): place for place in places if place and os.access(place, os.X_OK)}
    ordered = [place for _, place in sorted(by_version.items())]
    return ordered if len(ordered) < 2 else [ordered[0], ordered[-1]]


def binary_or_skip(binary: str) -> str:
    """*binary*; without one the test is skipped, or fails when REQUIRE_MEDIAMTX=1."""
    if binary:
        return binary
    if os.environ.get("REQUIRE_MEDIAMTX") == "1":
        pytest.fail(NONE)
    pytest.skip(NONE)


BINARIES = tuple(oldest_and_newest()) or ("",)
"""For parametrize; ("",) where there is none, which binary_or_skip turns into a skip."""
