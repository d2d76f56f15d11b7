"""Listening sockets: one for IPv6 and IPv4 together where the machine has both."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Callable

from audio_rtsp.errors import PortTaken, ServerFailed

BACKLOG = 256
Opener = Callable[[socket.AddressFamily, str, int], socket.socket]
_TRIES = 64
_OUR_FAULT = (errno.EADDRINUSE, errno.EACCES)  # the port's, not a want of IPv6


def open_listener(port: int, setting: str) -> socket.socket:
    """TCP on every address; raises PortTaken or ServerFailed."""
    return _explain(lambda: _open_everywhere(_open_tcp, port), port, setting)


def open_loopback_listeners(port: int, setting: str) -> tuple[socket.socket, ...]:
    """TCP on 127.0.0.1 and, where there is one, ::1; only the first is needed."""
    first = _explain(lambda: _open_tcp(socket.AF_INET, "127.0.0.1", port), port, setting)
    with contextlib.suppress(OSError):
        return first, socket.create_server(("::1", first.getsockname()[1]), family=socket.AF_INET6)
    return (first,)


def open_udp_pair(port: int) -> tuple[socket.socket, socket.socket] | None:
    """An even port and the next; another pair of the kernel's choice when this one is taken."""
    for wanted in (port & ~1, *([0] * _TRIES)):
        with contextlib.suppress(OSError):
            return _open_pair(wanted)
    return None


def _open_pair(port: int) -> tuple[socket.socket, socket.socket]:
    rtp = _open_everywhere(_open_udp, port)
    try:
        number = rtp.getsockname()[1]
        if number % 2:
            raise OSError(errno.EADDRNOTAVAIL, "an odd port")
        return rtp, _open_everywhere(_open_udp, number + 1)
    except OSError:
        rtp.close()
        raise


def _explain(opener: Callable[[], socket.socket], port: int, setting: str) -> socket.socket:
    try:
        return opener()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port, setting) from error
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ServerFailed("the built-in server", f"port {port}: {reason}") from error


def _open_everywhere(opener: Opener, port: int) -> socket.socket:
    try:
        if socket.has_dualstack_ipv6():
            return opener(socket.AF_INET6, "::", port)
    except OSError as error:
        if error.errno in _OUR_FAULT:
            raise
    return opener(socket.AF_INET, "0.0.0.0", port)


def _open_tcp(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    is_both = family is socket.AF_INET6
    return socket.create_server((address, port), family=family, backlog=BACKLOG, dualstack_ipv6=is_both)


def _open_udp(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family is socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        opened.setblocking(False)
        opened.bind((address, port))
    except OSError:
        opened.close()
        raise
    return opened
