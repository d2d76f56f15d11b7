"""The listening side of the control socket; everybody on this machine may ask, only some may act."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from audio_rtsp.control.acceptor import Acceptor
from audio_rtsp.control.access import may_act, peer_of
from audio_rtsp.control.address import short_address
from audio_rtsp.control.request import LONGEST_LINE, BadRequest, Request, parse_request, render_answer
from audio_rtsp.control.room import MOST_OF_OURS, has_room
from audio_rtsp.host.loop_time import loop_time

FIRST_LIMIT = 3.0
"""Seconds for the first question."""
IDLE_LIMIT = 30.0
"""Seconds that a connection may be silent afterwards."""
ANSWER_PAUSE = 0.05
"""Seconds between two answers on one connection: who asks a thousand things at once must not hold up the streams."""
WATCH_PAUSE = 0.5
BACKLOG = 100
SLOW_LIMIT = 256 * 1024
"""Bytes that may wait for a watcher who does not read; then it is let go."""
WATCH = "watch"
Answer = Callable[[Request], dict[str, Any]]


class ControlListener:
    """Answers on a unix socket. *reads* are open to all, *acts* to root, to this user and to the group audio-rtsp.

    ``watch`` repeats the answer of ``status`` twice a second until the asker goes.
    """

    def __init__(self, path: Path, *, reads: Mapping[str, Answer], acts: Mapping[str, Answer]) -> None:
        self._path = path
        self._reads = reads
        self._acts = acts
        self._acceptor: Acceptor | None = None
        self._place: os.stat_result | None = None
        self._rendered, self._rendered_at = b"", -WATCH_PAUSE
        self._connections: dict[asyncio.Task[None], int] = {}

    def is_in_place(self) -> bool:
        """Whether who asks at the path asks us."""
        try:
            return os.path.samestat(self._path.stat(), self._place) if self._place else False
        except OSError:
            return False

    def listen(self) -> None:
        """Listen; the lock of the instance is held, so that a socket found there is a dead one's. Raises OSError.

        Must run in the event loop; again, where the socket was removed.
        """
        if self.is_in_place():
            return
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        try:
            listening.setblocking(False)
            with short_address(self._path) as address:
                listening.bind(address)
            self._path.chmod(0o666)
            listening.listen(BACKLOG)
            self._place = self._path.stat()
        except OSError:
            listening.close()
            raise
        if self._acceptor:
            self._acceptor.close()
        self._acceptor = Acceptor(listening, self._meet)

    async def stop(self) -> None:
        """Listen no more, and let everybody go."""
        if self._acceptor:
            self._acceptor.close()
            if self.is_in_place():
                with contextlib.suppress(OSError):
                    self._path.unlink()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _meet(self, connection: socket.socket) -> None:
        peer = peer_of(connection)
        user = os.getuid() if may_act(peer) else peer.user
        if not self._make_room(user):
            connection.close()
            return
        task = asyncio.get_running_loop().create_task(self._host(connection))
        self._connections[task] = user
        task.add_done_callback(lambda done: self._connections.pop(done, None))
        task.add_done_callback(lambda _: connection.close())

    def _make_room(self, user: int) -> bool:
        ours = [task for task, one in self._connections.items() if _is_ours(one)]
        if not _is_ours(user):
            return has_room(user, [one for one in self._connections.values() if not _is_ours(one)])
        if len(ours) >= MOST_OF_OURS:
            del self._connections[ours[0]]
            ours[0].cancel()
        return True

    async def _host(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=connection, limit=LONGEST_LINE)
        try:
            await self._serve(reader, writer)
        except Exception as bug:  # noqa: BLE001 - a bulkhead: told, and costs one connection
            context = {"message": "a bug in an answer on the control socket", "exception": bug}
            asyncio.get_running_loop().call_exception_handler(context)
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        limit = FIRST_LIMIT
        with contextlib.suppress(OSError, TimeoutError):
            while True:
                async with asyncio.timeout(limit):
                    line = await _read_line(reader)
                    if not line:
                        return
                    writer.write(render_answer(self._answer(line, writer)))
                    await writer.drain()
                limit = IDLE_LIMIT
                await asyncio.sleep(ANSWER_PAUSE)
                if _is_watch(line):
                    await self._watch(writer)

    async def _watch(self, writer: asyncio.StreamWriter) -> None:
        while not writer.transport.is_closing() and writer.transport.get_write_buffer_size() < SLOW_LIMIT:
            await asyncio.sleep(WATCH_PAUSE)
            writer.write(self._snapshot())
        raise TimeoutError

    def _snapshot(self) -> bytes:
        """One rendering for all who watch at that moment."""
        now = loop_time()
        if now - self._rendered_at >= WATCH_PAUSE / 2:
            self._rendered_at, self._rendered = now, render_answer(self._reads["status"](Request("status")))
        return self._rendered

    def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> dict[str, Any]:
        try:
            request = parse_request(line)
        except BadRequest as error:
            return {"error": str(error)}
        if request.verb == WATCH:
            return self._reads["status"](request)
        if request.verb in self._reads:
            return self._reads[request.verb](request)
        if request.verb not in self._acts:
            known = ", ".join((WATCH, *self._reads, *self._acts))
            return {"error": f"unknown verb {request.verb!r}; known: {known}"}
        if not may_act(peer_of(writer.get_extra_info("socket"))):
            return {"error": f"{request.verb} is for root, the user that runs audio-rtsp and the group audio-rtsp"}
        return self._acts[request.verb](request)


async def _read_line(reader: asyncio.StreamReader) -> bytes:
    """Empty at the end, and for a line that is too long."""
    try:
        return await reader.readline()
    except ValueError:
        return b""


def _is_watch(line: bytes) -> bool:
    with contextlib.suppress(BadRequest):
        return parse_request(line).verb == WATCH
    return False


def _is_ours(user: int) -> bool:
    return user in (0, os.getuid())
