"""What a release holds and where it lies, on GitHub and on a mirror with the same layout.

``URL.atom`` lists the newest; ``URL/download/TAG/NAME`` are the files. Sources: scripts/binaries.mk and
.github/workflows/release.yml of v1.12.2 to v1.20.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.version import Version

from audio_rtsp.server.mediamtx.release.version import parse_release, tag

GITHUB = "https://github.com/"
REPOSITORY = "bluenviron/mediamtx"
ARCHITECTURES = {
    "x86_64": ("amd64",),
    "aarch64": ("arm64", "arm64v8"),
    "armv7": ("armv7",),
    "armv6": ("armv6",),
}
"""Userland → the names its files may have; arm64 was called arm64v8 up to v1.12.0, and some mirrors go on so."""
ONE_LIST_SINCE = Version("1.13.0")
"""From here on one ``checksums.sha256`` for all files and attestations; before, a ``.sha256sum`` beside each."""
ONE_LIST = "checksums.sha256"
ASSET = re.compile(r"mediamtx_(v\d+\.\d+\.\d+)_linux_([a-z0-9]+)\.tar\.gz", re.ASCII)
IN_FEED = re.compile(r"/releases/tag/(v[0-9.]+)[\"<]", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file of a release for one architecture."""

    name: str
    url: str


def assets(base: str, version: Version, userland: str) -> tuple[Asset, ...]:
    """The files to look for, the likeliest first; empty where no release has one for this *userland*."""
    names = (f"mediamtx_{tag(version)}_linux_{name}.tar.gz" for name in ARCHITECTURES.get(userland, ()))
    return tuple(Asset(name=name, url=file_url(base, version, name)) for name in names)


def file_url(base: str, version: Version, name: str) -> str:
    """Where a file of a release is."""
    return f"{base.rstrip('/')}/download/{tag(version)}/{name}"


def checksum_names(version: Version | None, asset: str) -> tuple[str, ...]:
    """The files that may hold the checksum of *asset*, the likeliest first."""
    names = (ONE_LIST, f"{asset}.sha256sum")
    return names if version is None or version >= ONE_LIST_SINCE else names[::-1]


def is_attested(base: str, version: Version | None) -> bool:
    """Whether GitHub vouches for the files: its own, and those made since it does."""
    return base.startswith(f"{GITHUB}{REPOSITORY}/") and version is not None and version >= ONE_LIST_SINCE


def feed_url(base: str) -> str:
    """The list of the newest releases."""
    return f"{base.rstrip('/')}.atom"


def parse_feed(text: str) -> tuple[Version, ...]:
    """All releases that the list names, the newest first; release candidates are none."""
    found = {version for name in IN_FEED.findall(text) if (version := parse_release(name))}
    return tuple(sorted(found, reverse=True))


def parse_asset_name(name: str) -> tuple[Version | None, str]:
    """Version and architecture (``amd64``) that a carried file claims; (None, "") when its name says nothing."""
    found = ASSET.fullmatch(name)
    return (parse_release(found[1]), found[2]) if found else (None, "")
