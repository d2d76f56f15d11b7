"""Who may act on a running program: root, its own user, and members of the group audio-rtsp."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import struct
from dataclasses import dataclass
from typing import Protocol

from audio_rtsp.host.group import GROUP

SOL_SOCKET, SO_PEERCRED, SO_PEERGROUPS = 1, 17, 59
"""asm-generic/socket.h; Python 3.11 has no name for the last one."""
MOST_GROUPS = 256
"""Python asks for no more; who is in more is known by his first group and by his name."""


class Connection(Protocol):
    """A connected unix socket."""

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        """As socket.getsockopt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The process at the other end, as the kernel knows it since it connected."""

    user: int
    groups: frozenset[int]


def peer_of(connection: Connection) -> Peer:
    """Ask the kernel (unix(7)).

    In a user namespace (PrivateUsers= of our unit) another user has no number of his own, but our group keeps its.
    """
    _, user, group = struct.unpack("3i", connection.getsockopt(SOL_SOCKET, SO_PEERCRED, struct.calcsize("3i")))
    more = b""
    with contextlib.suppress(OSError):
        more = connection.getsockopt(SOL_SOCKET, SO_PEERGROUPS, 4 * MOST_GROUPS)
    return Peer(user=user, groups=frozenset((group, *struct.unpack(f"{len(more) // 4}I", more))))


def may_act(peer: Peer) -> bool:
    """By the credentials that the kernel tells."""
    return peer.user in (0, os.getuid()) or _is_member(peer)


def _is_member(peer: Peer) -> bool:
    """Also somebody who was made a member since he logged in."""
    try:
        ours = grp.getgrnam(GROUP)
        return ours.gr_gid in peer.groups or pwd.getpwuid(peer.user).pw_name in ours.gr_mem
    except KeyError:
        return False
