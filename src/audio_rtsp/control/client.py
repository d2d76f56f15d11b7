"""The asking side of the control socket; blocks, for the command line."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from audio_rtsp.control.request import render_request
from audio_rtsp.errors import NotRunning

PATIENCE = 3.0


def ask(path: Path, verb: str) -> dict[str, Any]:
    """The answer to one question; raises NotRunning when nobody answers."""
    try:
        return _ask(path, verb)
    except (OSError, ValueError):
        raise NotRunning(str(path)) from None


def _ask(path: Path, verb: str) -> dict[str, Any]:
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(f"/proc/self/fd/{folder}/{path.name}")
            connection.sendall(render_request(verb))
            with connection.makefile("rb") as answers:
                answer: dict[str, Any] = json.loads(answers.readline())
                return answer
    finally:
        os.close(folder)
