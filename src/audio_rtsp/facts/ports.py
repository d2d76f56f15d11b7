"""Who listens on which TCP port (proc(5), /proc/net/tcp)."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

from audio_rtsp.facts.process import process_name

LISTEN = "0A"


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


def free_port(preferred: int, host: str = "127.0.0.1") -> int:
    """*preferred* when it is free, else any that is."""
    if is_free(preferred, host):
        return preferred
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def listener(port: int) -> str:
    """The program that listens on a TCP port, as ``name (pid N)``; without the right to look: another program."""
    inodes = set(_listening_inodes(port))
    for descriptors in Path("/proc").glob("[0-9]*/fd"):
        with contextlib.suppress(OSError):
            if any(_inode(link) in inodes for link in descriptors.iterdir()):
                pid = int(descriptors.parent.name)
                return f"{process_name(pid)} (pid {pid})"
    return "another program"


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTEN and int(fields[1].rsplit(":", 1)[1], 16) == port:
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
