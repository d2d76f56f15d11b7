from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from media_servers import BINARIES, binary_or_skip
from process.mediamtx.installed import Installed


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder where the user that a trial runs as may read and write (pytest's own are for its user alone)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o777)
        yield path


@pytest.fixture(params=BINARIES, ids=lambda path: path or "none")
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installed]:
    """A server that is configured as ours and runs as under its unit: on the checked copy, started again after 1 s."""
    server = Installed(tmp_path, binary_or_skip(request.param))
    server.configuration.apply(server.ports)
    server.start()
    try:
        yield server
    finally:
        server.stop()
