"""Releases as MediaMTX publishes them, made here: archives, both eras of checksums, the feed."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable, Mapping

from audio_rtsp.facts.userland import read_userland
from audio_rtsp.server.mediamtx.release.asset import ARCHITECTURES

HERE = ARCHITECTURES[read_userland()][0]
"""The architecture of the machine that runs the tests."""
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Release notes from mediamtx</title>{entries}</feed>
"""
ENTRY = '<entry><link rel="alternate" type="text/html" href="https://github.com/bluenviron/mediamtx/releases/tag/{0}"/></entry>'


def program(version: str, padding: int = 0) -> bytes:
    """Stands in for the binary: a script that answers ``--version``."""
    return f"#!/bin/sh\necho {version}\nexit 0\n".encode() + b"#" * padding


def archive(version: str, *, binary: bytes | None = None, extra: Iterable[tuple[tarfile.TarInfo, bytes]] = ()) -> bytes:
    """The tarball of one architecture."""
    members = {"mediamtx": binary or program(version), "mediamtx.yml": b"paths: {}\n", "LICENSE": b"MIT\n"}
    return pack([*((member(name, len(data)), data) for name, data in members.items()), *extra])


def member(name: str, size: int, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname, info.mode = size, kind, link, 0o755
    return info


def pack(members: Iterable[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as whole:
        for info, data in members:
            whole.addfile(info, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), 1, mtime=0)


def asset(version: str, architecture: str = "amd64") -> str:
    return f"mediamtx_{version}_linux_{architecture}.tar.gz"


def is_early(version: str) -> bool:
    return tuple(map(int, version[1:].split("."))) < (1, 13, 0)


def checksums(version: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The checksum files of a release: one beside each file up to v1.12.3, one for all since."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    if is_early(version):
        return {f"{name}.sha256sum": f"{digest}  {name}\n".encode() for name, digest in digests.items()}
    return {"checksums.sha256": "".join(f"{digest} *{name}\n" for name, digest in digests.items()).encode()}


def release(
    version: str, *, architectures: Iterable[str] = ("amd64", "arm64", "armv6", "armv7"), **how: bytes
) -> dict[str, bytes]:
    """All files of one release by name."""
    files = {asset(version, one): archive(version, binary=how.get("binary")) for one in architectures}
    return files | checksums(version, files)


def feed(versions: Iterable[str]) -> bytes:
    return FEED.format(entries="".join(map(ENTRY.format, versions))).encode()


def here(version: str) -> str:
    """The file for this machine."""
    return asset(version, HERE)
