"""Ports that another program holds, found before anything is written: a taken port ends the server."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audio_rtsp.facts.ports import holder
from audio_rtsp.facts.process import command_line, is_running
from audio_rtsp.server.mediamtx.listeners import TCP, Listener
from audio_rtsp.server.mediamtx.remark import Remark

KINDS = {TCP: socket.SOCK_STREAM}


@dataclass(frozen=True, slots=True)
class Clash:
    """An address that cannot be opened; *holder* is empty when it is not in use but not ours to have."""

    listener: Listener
    says: str
    holder: str = ""

    @property
    def remark(self) -> Remark:
        """The same as a remark on the line that names the address."""
        return Remark(self.listener.line, f"{self.listener.key}: {self.says}")


def find_clashes(listeners: Iterable[Listener], our_file: str) -> Iterator[Clash]:
    """Every address that cannot be opened; the server that runs on *our_file* may have it already.

    Who has a port is root's to see: to a plain user one that is in use is that server's, while it runs.
    """
    for listener in listeners:
        kind = KINDS.get(listener.kind, socket.SOCK_DGRAM)
        trouble = _bind(listener.host, listener.port, kind)
        if trouble == errno.EADDRNOTAVAIL:
            yield Clash(listener, f"this machine has no address {listener.host}")
        elif trouble == errno.EADDRINUSE:
            who = holder(listener.port, kind)
            if not (our_file in command_line(who.pid) if who else is_running(our_file)):
                name = str(who or "another program")
                yield Clash(listener, f"port {listener.port} is taken by {name}", name)


def _bind(host: str, port: int, kind: socket.SocketKind) -> int:
    """The system's error number, 0 = it can be opened; all addresses as the server opens them, IPv6 with IPv4.

    A low port that is not ours to open is none of our business: the server's unit may.
    """
    family = socket.AF_INET6 if ":" in host or (not host and socket.has_dualstack_ipv6()) else socket.AF_INET
    try:
        with socket.socket(family, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family is socket.AF_INET6 and not host:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            probe.bind((host, port))
    except OSError as error:
        return error.errno or 0
    return 0
