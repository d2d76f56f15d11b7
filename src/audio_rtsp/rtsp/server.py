"""The whole server on one event loop: sockets open, serve, close."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from audio_rtsp import __version__

from .api import Api
from .api_connection import ApiConnection
from .auth import Gate
from .directory import Directory
from .hub import Hub
from .limits import Limits
from .listener import BACKLOG, open_listener, open_loopback_listeners, open_udp_pair
from .rtsp_connection import RtspConnection
from .serve import ServeOptions
from .sweep import Sweep
from .udp_ports import UdpPorts
from .wall_clock import WallClock

_ACCEPTS_PER_TURN = 16  # a connection too many is open until the next turn
_SPARE_DESCRIPTORS = 144  # 64 of the API, two turns of accepts, what Python has open
_WANTED_DESCRIPTORS = 4096


class Server:
    """``open`` raises PortTaken; ``close`` tells everybody."""

    def __init__(self, options: ServeOptions, limits: Limits) -> None:
        self._options, self._limits = options, limits
        self._rtsp = open_listener(options.rtsp_port, "RTSP_PORT")
        self._rtsp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.queue_bytes)  # its connections inherit it
        try:
            self._api = open_loopback_listeners(options.api_port, "API_PORT")
        except BaseException:
            self._rtsp.close()
            raise
        self._udp = _open_udp(options)
        self._connections: set[RtspConnection] = set()
        self._api_connections: set[ApiConnection] = set()
        self._servers: list[asyncio.Server] = []

    async def open(self) -> None:
        """Answer from here on."""
        loop = asyncio.get_running_loop()
        self._hub = self._make_hub(loop)
        self._sweep = Sweep(self._hub, self._connections, self._api_connections)
        api = Api(self._hub, f"v{__version__}")
        await self._listen(self._rtsp, lambda: RtspConnection(self._hub, self._connections))
        for listener in self._api:
            await self._listen(listener, lambda: ApiConnection(api, self._limits, loop, self._api_connections))
        if self._udp is not None:
            self._udp.open(loop)

    def _make_hub(self, loop: asyncio.AbstractEventLoop) -> Hub:
        options = self._options
        return Hub(
            limits=self._limits,
            loop=loop,
            wall=time.time,
            wall_clock=WallClock(loop.time(), time.time()),
            directory=Directory(loop, gap_seconds=options.gap_seconds),
            gate=Gate(options.read_user, options.read_password),
            udp=self._udp,
            publish_from_anywhere=options.publish_from_anywhere,
            started=time.time(),
        )

    async def _listen(self, listener: socket.socket, factory: Callable[[], asyncio.Protocol]) -> None:
        """asyncio takes the backlog for both: what the kernel queues, and how many it accepts in one turn."""
        loop = asyncio.get_running_loop()
        self._servers.append(await loop.create_server(factory, sock=listener, backlog=_ACCEPTS_PER_TURN))
        listener.listen(BACKLOG)

    def __str__(self) -> str:
        """One line: where what listens."""
        udp = f"UDP {self._udp.ports[0]}-{self._udp.ports[1]}" if self._udp else "no UDP"
        rtsp, api = self._rtsp.getsockname()[1], self._api[0].getsockname()[1]
        return f"listening: rtsp://*:{rtsp} (TCP, {udp}), API http://127.0.0.1:{api}"

    async def close(self) -> None:
        """Readers by UDP get a BYE; every connection is closed."""
        self._sweep.stop()
        for server in self._servers:
            server.close()
        self._hub.directory.close()
        for connection in tuple(self._connections):
            connection.abort()
        for api in tuple(self._api_connections):
            api.abort()
        if self._udp is not None:
            self._udp.close(asyncio.get_running_loop())
        await asyncio.sleep(0)


def _open_udp(options: ServeOptions) -> UdpPorts | None:
    pair = open_udp_pair(options.udp_port) if options.udp else None
    return UdpPorts(*pair) if pair else None


def run(options: ServeOptions) -> None:
    """Until SIGTERM or SIGINT."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    server = Server(options, _fit(Limits()))
    asyncio.run(_run(server))


async def _run(server: Server) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.set_exception_handler(_report_bug)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await server.open()
    print(server, flush=True)  # noqa: T201 - the one line that says we are ready
    await stop.wait()
    await server.close()


def _report_bug(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The bulkhead: asyncio has closed that one connection; one line tells of it. The world's failures are none."""
    error = context.get("exception")
    if not isinstance(error, OSError):
        sys.stderr.write(f"audio-rtsp serve: bug, please report: {context.get('message')}: {error!r}\n")


def _fit(limits: Limits) -> Limits:
    """As many descriptors as we want, or as many connections as there are descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_WANTED_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    room = limits.connections if soft == resource.RLIM_INFINITY else soft - _SPARE_DESCRIPTORS
    return dataclasses.replace(limits, connections=max(1, min(limits.connections, room)))
