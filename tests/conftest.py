"""What every test may rely on, whoever starts it."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)  # the machine is shared; each test has a time limit of its own
settings.load_profile("patient")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # nohup … &: our children would be deaf to it, too
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter; tmp_path is closed to them."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
