"""Who listens on which port (proc(5), /proc/net/tcp and udp)."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.facts.process import command_line, parent_of, process_name

LISTEN, UNCONNECTED = "0A", "07"
"""States of a socket in these tables (include/net/tcp_states.h)."""

LOOPBACK = "127.0.0.1"
OUR_NAMES = ("audio-rtsp", "audio_rtsp")
"""The command, and the package behind ``python -m``."""


def is_free(port: int, host: str = "", kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    """Whether *port* can be bound on all addresses (or on *host*)."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(preferred: int) -> int:
    """*preferred* when it is free on loopback, else any that is."""
    if is_free(preferred, LOOPBACK):
        return preferred
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has a port open."""

    name: str
    pid: int

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})"


def listener(port: int) -> str:
    """The program that listens on a TCP port, as ``name (pid N)``; without the right to look: another program."""
    return str(holder(port) or "another program")


def holder(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> Holder | None:
    """The process that listens on a TCP port or has a UDP one; None without the right to look, or when nobody does."""
    inodes = set(_open_inodes(port, kind))
    for descriptors in Path("/proc").glob("[0-9]*/fd") if inodes else ():
        with contextlib.suppress(OSError):
            if any(_inode(link) in inodes for link in descriptors.iterdir()):
                pid = int(descriptors.parent.name)
                return _whom_to_stop(pid)
    return None


def _whom_to_stop(pid: int) -> Holder:
    """A server of ours comes back when it is stopped: then the ``audio-rtsp run`` that it belongs to."""
    for one in (pid, parent_of(pid)):
        words = command_line(one)
        if "run" in words and any(Path(word).name in OUR_NAMES for word in words):
            return Holder("audio-rtsp", one)
    return Holder(process_name(pid), pid)


def _open_inodes(port: int, kind: socket.SocketKind) -> Iterator[str]:
    tables, state = (("tcp", "tcp6"), LISTEN) if kind is socket.SOCK_STREAM else (("udp", "udp6"), UNCONNECTED)
    for table in tables:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == state and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    yield fields[9]


def _inode(link: Path) -> str:
    try:
        target = str(link.readlink())
    except OSError:
        return ""
    return target[8:-1] if target.startswith("socket:[") else ""


def free_udp_pair(preferred: int) -> int:
    """An even UDP port that is free with its next, at or behind *preferred*; 0 where none of ten pairs is."""
    first = preferred + preferred % 2
    pairs = (port for port in range(first, min(first + 20, 65535), 2))
    return next((port for port in pairs if all(is_free(one, kind=socket.SOCK_DGRAM) for one in (port, port + 1))), 0)
