"""Taking in connections, also when the machine is short of descriptors.

asyncio's own way tries and complains a hundred times for every one that waits, each try makes a hundred more, and the
log grows by a gigabyte a minute (python/cpython#151615).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from audio_rtsp.host.shortage import shortage

PAUSE = 1.0
"""Seconds without a try after one that failed."""
AT_A_TIME = 32


class Acceptor:
    """Gives each connection of a listening, non-blocking socket to *meet*; owns the socket."""

    def __init__(self, listening: socket.socket, meet: Callable[[socket.socket], None]) -> None:
        self._listening = listening
        self._meet = meet
        self._pause: asyncio.TimerHandle | None = None
        self._is_told = False
        self._listen()

    def close(self) -> None:
        """Take in no more."""
        if self._pause:
            self._pause.cancel()
        asyncio.get_running_loop().remove_reader(self._listening)
        self._listening.close()

    def _listen(self) -> None:
        asyncio.get_running_loop().add_reader(self._listening, self._accept)

    def _accept(self) -> None:
        for _ in range(AT_A_TIME):
            try:
                connection, _ = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._rest(error)
                return
            self._is_told = False
            connection.setblocking(False)
            self._meet(connection)

    def _rest(self, error: OSError) -> None:
        """Those who wait go on waiting; it is told once until somebody came in again."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._listening)
        self._pause = loop.call_later(PAUSE, self._listen)
        if not self._is_told:
            self._is_told = True
            why = shortage(error) or str(error)
            loop.call_exception_handler({"message": f"nobody can be let in at the control socket: {why}"})
