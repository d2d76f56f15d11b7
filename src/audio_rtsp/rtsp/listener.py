"""Listening sockets: one for IPv6 and IPv4 together where the machine has both."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable

from audio_rtsp.errors import PortTaken

BACKLOG = 256


def open_listener(port: int, setting: str) -> socket.socket:
    """TCP on every address; raises PortTaken."""
    return _open(
        lambda: _open_dual(socket.SOCK_STREAM, port),
        lambda: _open_v4(socket.SOCK_STREAM, "0.0.0.0", port),
        port,
        setting,
    )


def open_loopback_listeners(port: int, setting: str) -> tuple[socket.socket, ...]:
    """TCP on 127.0.0.1 and, where there is one, ::1; only the first is needed."""
    first = _open(lambda: _open_v4(socket.SOCK_STREAM, "127.0.0.1", port), None, port, setting)
    try:
        return first, _open_v6(socket.SOCK_STREAM, "::1", first.getsockname()[1], only=True)
    except OSError:
        return (first,)


def open_udp_pair(port: int) -> tuple[socket.socket, socket.socket]:
    """An even port and the next; another pair of the kernel's choice when this one is taken."""
    for wanted in (port & ~1, *([0] * 64)):
        pair = _try_pair(wanted)
        if pair is not None:
            return pair
    raise OSError(errno.EADDRINUSE, "no UDP port pair is free")


def _try_pair(port: int) -> tuple[socket.socket, socket.socket] | None:
    try:
        rtp = _open_udp(port)
    except OSError:
        return None
    number = rtp.getsockname()[1]
    try:
        if number % 2 == 0:
            return rtp, _open_udp(number + 1)
    except OSError:
        pass
    rtp.close()
    return None


def _open_udp(port: int) -> socket.socket:
    try:
        return _open_dual(socket.SOCK_DGRAM, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise
        return _open_v4(socket.SOCK_DGRAM, "0.0.0.0", port)


def _open(
    first: Callable[[], socket.socket], second: Callable[[], socket.socket] | None, port: int, setting: str
) -> socket.socket:
    try:
        return first()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port, setting) from error
        if second is None or error.errno == errno.EACCES:
            raise
        return _open(second, None, port, setting)


def _open_dual(kind: socket.SocketKind, port: int) -> socket.socket:
    return _open_v6(kind, "::", port, only=False)


def _open_v6(kind: socket.SocketKind, address: str, port: int, *, only: bool) -> socket.socket:
    opened = socket.socket(socket.AF_INET6, kind)
    try:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(only))
    except OSError:
        opened.close()
        raise
    return _bind(opened, address, port)


def _open_v4(kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    return _bind(socket.socket(socket.AF_INET, kind), address, port)


def _bind(opened: socket.socket, address: str, port: int) -> socket.socket:
    try:
        opened.setblocking(False)
        if opened.type == socket.SOCK_STREAM:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((address, port))
        if opened.type == socket.SOCK_STREAM:
            opened.listen(BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened
