"""A folder of the owner's, and the seed's own text files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from audio_rtsp.config.load import Configuration, load

SEED = Path(__file__).parent / "seed"


@pytest.fixture
def seed() -> Callable[[str], bytes]:
    return lambda name: (SEED / name).read_bytes()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes | str], Path]:
    """Write a file into the folder."""

    def write(name: str, data: bytes | str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Configuration]:
    """Load the folder, by default with an empty environment."""

    def read(
        environ: Mapping[str, str] | None = None,
        overrides: Mapping[str, str] | None = None,
        previous: Configuration | None = None,
    ) -> Configuration:
        return load(tmp_path, environ=environ or {}, overrides=overrides or {}, previous=previous)

    return read
