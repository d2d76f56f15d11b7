"""Listening sockets: one for IPv6 and IPv4 together where the machine has both."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable

from audio_rtsp.errors import PortTaken, ServerFailed

BACKLOG = 256
_TRIES = 64
_OUR_FAULT = (errno.EADDRINUSE, errno.EACCES)  # the port's, not a want of IPv6


def open_listener(port: int, setting: str) -> socket.socket:
    """TCP on every address; raises PortTaken or ServerFailed."""
    return _explain(lambda: _open_everywhere(socket.SOCK_STREAM, port), port, setting)


def open_loopback_listeners(port: int, setting: str) -> tuple[socket.socket, ...]:
    """TCP on 127.0.0.1 and, where there is one, ::1; only the first is needed."""
    first = _explain(lambda: _open_v4(socket.SOCK_STREAM, "127.0.0.1", port), port, setting)
    with contextlib.suppress(OSError):
        return first, _open_v6(socket.SOCK_STREAM, "::1", first.getsockname()[1], only=True)
    return (first,)


def open_udp_pair(port: int) -> tuple[socket.socket, socket.socket] | None:
    """An even port and the next; another pair of the kernel's choice when this one is taken."""
    for wanted in (port & ~1, *([0] * _TRIES)):
        with contextlib.suppress(OSError):
            return _open_pair(wanted)
    return None


def _open_pair(port: int) -> tuple[socket.socket, socket.socket]:
    rtp = _open_everywhere(socket.SOCK_DGRAM, port)
    try:
        number = rtp.getsockname()[1]
        if number % 2:
            raise OSError(errno.EADDRNOTAVAIL, "an odd port")
        return rtp, _open_everywhere(socket.SOCK_DGRAM, number + 1)
    except OSError:
        rtp.close()
        raise


def _explain(opener: Callable[[], socket.socket], port: int, setting: str) -> socket.socket:
    try:
        return opener()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port, setting) from error
        raise ServerFailed("the built-in server", f"port {port}: {error.strerror}") from error


def _open_everywhere(kind: socket.SocketKind, port: int) -> socket.socket:
    try:
        return _open_v6(kind, "::", port, only=False)
    except OSError as error:
        if error.errno in _OUR_FAULT:
            raise
        return _open_v4(kind, "0.0.0.0", port)


def _open_v6(kind: socket.SocketKind, address: str, port: int, *, only: bool) -> socket.socket:
    opened = socket.socket(socket.AF_INET6, kind)
    try:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(only))
        return _bind(opened, address, port)
    except OSError:
        opened.close()
        raise


def _open_v4(kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, kind)
    try:
        return _bind(opened, address, port)
    except OSError:
        opened.close()
        raise


def _bind(opened: socket.socket, address: str, port: int) -> socket.socket:
    opened.setblocking(False)
    if opened.type != socket.SOCK_STREAM:
        opened.bind((address, port))
        return opened
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind((address, port))
    opened.listen(BACKLOG)
    return opened
