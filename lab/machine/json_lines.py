"""One JSON object a line over a unix socket: how both QEMU's monitor and the guest agent speak."""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path
from typing import Any

CONNECT_LIMIT = 10.0


class JsonLines:
    """A connected socket; reads keep their own time limit."""

    def __init__(self, path: Path) -> None:
        self._socket = connect(path)
        self._pending = b""

    def send(self, message: dict[str, Any]) -> None:
        """Send *message* and nothing else."""
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def receive(self, seconds: float) -> dict[str, Any]:
        """The next object; TimeoutError after *seconds*, EOFError when the other side has gone."""
        end = time.monotonic() + seconds
        while b"\n" not in self._pending:
            self._socket.settimeout(max(0.001, end - time.monotonic()))
            data = self._socket.recv(1 << 20)
            if not data:
                raise EOFError("the other side closed the connection")
            self._pending += data
        line, self._pending = self._pending.split(b"\n", 1)
        answer: dict[str, Any] = json.loads(line.lstrip(b"\xff"))
        return answer

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def connect(path: Path, seconds: float = CONNECT_LIMIT) -> socket.socket:
    """Connect as soon as somebody listens; the folder is entered by descriptor, so no path is too long for a socket."""
    end = time.monotonic() + seconds
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        while True:
            plug = socket.socket(socket.AF_UNIX)
            try:
                plug.connect(f"/proc/self/fd/{folder}/{path.name}")
                return plug
            except OSError:
                plug.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
    finally:
        os.close(folder)
