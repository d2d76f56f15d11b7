"""The asking side of the control socket; blocks, for the command line."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from audio_rtsp.control.request import Request, render_request
from audio_rtsp.errors import NotRunning

PATIENCE = 3.0


def ask(path: Path, verb: str, name: str = "") -> dict[str, Any]:
    """The answer to one question; raises NotRunning when nobody answers."""
    try:
        with _asked(path, Request(verb, name)) as answers:
            return _read(answers)
    except (OSError, ValueError):
        raise NotRunning(str(path)) from None


def watch(path: Path) -> Iterator[dict[str, Any]]:
    """Snapshots as they come; ends when the program ends. Raises NotRunning when nobody answers at first."""
    try:
        with _asked(path, Request("watch")) as answers:
            while True:
                yield _read(answers)
    except ValueError:
        return
    except OSError:
        raise NotRunning(str(path)) from None


@contextmanager
def _asked(path: Path, request: Request) -> Iterator[BinaryIO]:
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(f"/proc/self/fd/{folder}/{path.name}")
            connection.sendall(render_request(request))
            with connection.makefile("rb") as answers:
                yield answers
    finally:
        os.close(folder)


def _read(answers: BinaryIO) -> dict[str, Any]:
    answer = json.loads(answers.readline())
    if not isinstance(answer, dict):
        raise ValueError("not an object")
    return answer
