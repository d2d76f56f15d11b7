"""A folder of the owner's, and the seed's own text files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from audio_rtsp.config.load import Configuration, load
from unit.config.folder import Read, Seed, Write

SEED = Path(__file__).parent / "seed"


@pytest.fixture
def seed() -> Seed:
    return lambda name: (SEED / name).read_bytes()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file into the folder."""

    def write(name: str, data: bytes | str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Load the folder, by default with an empty environment."""

    def read(
        environ: Mapping[str, str] | None = None,
        overrides: Mapping[str, str] | None = None,
        previous: Configuration | None = None,
    ) -> Configuration:
        return load(tmp_path, environ=environ or {}, overrides=overrides or {}, previous=previous)

    return read
