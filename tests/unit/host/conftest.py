"""No test leaves a child or a descriptor behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from unit.host.processes import children, descriptors


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before, files = children(), descriptors()
    yield
    assert children() <= before
    assert descriptors() <= files
