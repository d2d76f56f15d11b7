"""The listening side of the control socket; everybody on this machine may ask, only its owner and root may act."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from audio_rtsp.control.request import LONGEST_LINE, BadRequest, parse_request, render_answer

IDLE_LIMIT = 30.0
Answer = Callable[[], dict[str, Any]]


class ControlListener:
    """Answers on a unix socket. *reads* are open to all, *acts* to root and to the user of this process."""

    def __init__(self, path: Path, *, reads: Mapping[str, Answer], acts: Mapping[str, Answer]) -> None:
        self._path = path
        self._reads = reads
        self._acts = acts
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; the lock of the instance is held, so that a socket found there is a dead one's."""
        self._path.unlink(missing_ok=True)
        with _short_path(self._path) as short:
            self._server = await asyncio.start_unix_server(self._serve, path=short, limit=LONGEST_LINE)
        self._path.chmod(0o666)

    async def stop(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.close()
            with contextlib.suppress(OSError):
                self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, TimeoutError, ValueError):
                async with asyncio.timeout(IDLE_LIMIT):
                    while line := await reader.readline():
                        writer.write(render_answer(self._answer(line, writer)))
                        await writer.drain()
        finally:
            writer.close()

    def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> dict[str, Any]:
        try:
            verb = parse_request(line)
        except BadRequest as error:
            return {"error": str(error)}
        if verb in self._reads:
            return self._reads[verb]()
        if verb not in self._acts:
            return {"error": f"unknown verb {verb!r}; known: {', '.join((*self._reads, *self._acts))}"}
        if _peer_uid(writer) not in (0, os.getuid()):
            return {"error": f"{verb} is for root and for the user that runs audio-rtsp"}
        return self._acts[verb]()


def _peer_uid(writer: asyncio.StreamWriter) -> int:
    """User of the process at the other end (unix(7), SO_PEERCRED)."""
    sock = writer.get_extra_info("socket")
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])


@contextlib.contextmanager
def _short_path(path: Path) -> Any:
    """A path that fits into the 108 bytes of a socket address, however deep the folder lies."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
