"""Ports that another program holds, found before anything is written: a taken port ends the server."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Iterator

from audio_rtsp.facts.ports import holder
from audio_rtsp.facts.process import command_line
from audio_rtsp.server.mediamtx.listeners import TCP, Listener
from audio_rtsp.server.mediamtx.remark import Remark

KINDS = {TCP: socket.SOCK_STREAM}


def find_clashes(listeners: Iterable[Listener], our_file: str) -> Iterator[Remark]:
    """A remark for each address that cannot be opened; the server that runs on *our_file* may have it already."""
    for one in listeners:
        reason = _reason(one, our_file)
        if reason:
            yield Remark(one.line, f"{one.key}: {reason}")


def _reason(listener: Listener, our_file: str) -> str:
    kind = KINDS.get(listener.kind, socket.SOCK_DGRAM)
    trouble = _bind(listener.host, listener.port, kind)
    if trouble == errno.EADDRNOTAVAIL:
        return f"this machine has no address {listener.host}"
    if trouble == errno.EADDRINUSE:
        who = holder(listener.port, kind)
        is_ours = who is not None and our_file in command_line(who.pid)
        return "" if is_ours else f"port {listener.port} is taken by {who or 'another program'}"
    return ""  # free; or a low port, which the server's unit may open and we may not


def _bind(host: str, port: int, kind: socket.SocketKind) -> int:
    """The system's error number, 0 = it can be opened; all addresses as the server opens them, IPv6 with IPv4."""
    family = socket.AF_INET6 if ":" in host or (not host and socket.has_dualstack_ipv6()) else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6 and not host:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno or 0
    return 0
