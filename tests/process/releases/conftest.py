"""A release server of our own, and a box to install on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from process.releases.box import Box
from process.releases.release_server import Authority, ReleaseServer, make_authority, serving
from process.releases.releases import release

VERSIONS = ("v1.20.1", "v1.20.0", "v1.19.3", "v1.15.6", "v1.15.0", "v1.12.2")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def releases(authority: Authority) -> Iterator[ReleaseServer]:
    """A server with a few releases of both eras."""
    with serving(authority.server) as server:
        for version in VERSIONS:
            server.add(version, release(version))
        server.announce(*VERSIONS)
        yield server


@pytest.fixture
def box(tmp_path: Path, releases: ReleaseServer, authority: Authority) -> Box:
    """An x86_64 machine on which nothing is installed."""
    return Box.make(tmp_path / "box", releases.url, authority.ca)
