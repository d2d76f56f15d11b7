"""One large file from a release server; what a broken line left behind is gone on with."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from audio_rtsp.errors import NotWritable
from audio_rtsp.server.mediamtx.errors import ReleaseRefused
from audio_rtsp.server.mediamtx.release.archive import LARGEST
from audio_rtsp.server.mediamtx.release.web import BeyondTheEnd, NotThere, Stumbled, Web

BLOCK = 1 << 16
GETS_ON = 1 << 18
"""A try that brings so many bytes is worth another one."""
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)", re.ASCII)

Progress = Callable[[int, int | None], None]
"""Called with the bytes so far and all there are (None = unknown)."""


def download(web: Web, url: str, path: Path, progress: Progress) -> bool:
    """Bring *url* to *path*; what is there already is taken for its beginning. False where there is no such file.

    Raises ReleaseServerAway, ClockNotSet, ReleaseRefused (too large), OSError.
    """
    before = _size(path)

    def attempt() -> None:
        nonlocal before
        before = _size(path)
        _attempt(web, url, path, progress)

    try:
        web.again_and_again(url, attempt, got_on=lambda: _size(path) - before >= GETS_ON)
    except NotThere:
        return False
    return True


def _attempt(web: Web, url: str, path: Path, progress: Progress) -> None:
    with _opened(path) as file:
        have = file.seek(0, os.SEEK_END)
        try:
            done, total = _fetch(web, url, file, have, progress)
        except BeyondTheEnd as end:
            if end.size == have:
                return  # it was complete already
            file.truncate(0)
            raise
        file.flush()
        os.fsync(file.fileno())
    if total is not None and done < total:
        raise Stumbled(f"the line broke after {done} of {total} bytes")


def _fetch(web: Web, url: str, file: BinaryIO, have: int, progress: Progress) -> tuple[int, int | None]:
    """Bytes that are here now, and how many there are."""
    with web.open(url, headers={"Range": f"bytes={have}-"} if have else {}) as answer:
        start, total = _extent(answer)
        if start not in (0, have):
            raise Stumbled("it goes on at another place than asked")
        _refuse_if_large(url, total)
        with _disk(file):
            file.truncate(start)
            file.seek(start)
        while data := answer.read1(BLOCK):
            with _disk(file):
                file.write(data)
                file.flush()
            start += len(data)
            _refuse_if_large(url, start)
            progress(start, total)
    return start, total


def _opened(path: Path) -> BinaryIO:
    return path.open("r+b" if path.exists() else "x+b")


@contextlib.contextmanager
def _disk(file: BinaryIO) -> Iterator[None]:
    """The disk's errors are not the line's, which are tried again: raises NotWritable."""
    try:
        yield
    except OSError as error:
        raise NotWritable(str(file.name), error) from None


def _refuse_if_large(url: str, size: int | None) -> None:
    if size is not None and size > LARGEST:
        raise ReleaseRefused(url.rsplit("/", 1)[-1], f"is larger than a release can be ({size} bytes)")


def _extent(answer: http.client.HTTPResponse) -> tuple[int, int | None]:
    """Where the answer begins, and how long the whole file is."""
    found = RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if answer.status == 206 and found:
        return int(found[1]), int(found[2]) if found[2].isdigit() else None
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
