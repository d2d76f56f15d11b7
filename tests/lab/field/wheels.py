"""The project and what it depends on, as wheels that the guest installs without a network."""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

from lab.command import run
from lab.image.cache import Cache
from lab.image.recipe import digest

BUILD_LIMIT = 300.0


def build_wheels(project: Path, cache: Cache, folder: Path) -> None:
    """Fill *folder*; the dependencies are fetched once for each list of them."""
    with (project / "pyproject.toml").open("rb") as file:
        wanted: list[str] = tomllib.load(file)["project"]["dependencies"]
    kept = cache.get(f"wheels-{digest([sys.version, *wanted])}", lambda half: _wheel(half, *wanted))
    cache.prune("wheels")
    for wheel in kept.iterdir():
        shutil.copyfile(wheel, folder / wheel.name)
    _wheel(folder, "--no-deps", str(project))


def _wheel(folder: Path, *what: str) -> None:
    run((sys.executable, "-m", "pip", "wheel", "-q", "-w", folder, *what), timeout=BUILD_LIMIT)
