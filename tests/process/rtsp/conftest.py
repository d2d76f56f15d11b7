"""One server for a whole module where tests do not disturb each other; each test has paths of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from process.rtsp.child import ServerProcess, serving


@pytest.fixture
def server() -> Iterator[ServerProcess]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def no_child_is_left() -> Iterator[None]:
    """Children of this process, counted before and after."""
    before = _children()
    yield
    assert _children() <= before


def _children() -> set[str]:
    return set(Path("/proc/self/task").joinpath(_main_task(), "children").read_text().split())


def _main_task() -> str:
    return Path("/proc/self").resolve().name
