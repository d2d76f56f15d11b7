"""No test leaves a child or a descriptor behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from unit.host.processes import children


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before, descriptors = children(), len(list(Path("/proc/self/fd").iterdir()))
    yield
    assert children() <= before
    assert len(list(Path("/proc/self/fd").iterdir())) <= descriptors
