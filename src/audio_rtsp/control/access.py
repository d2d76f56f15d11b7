"""Who may act on a running program: root, its own user, and members of the group audio-rtsp."""

from __future__ import annotations

import grp
import os
import pwd

GROUP = "audio-rtsp"


def may_act(pid: int, user: int, group: int) -> bool:
    """By the credentials that the kernel tells of the other end; *pid* is of no use, it may be another's by now."""
    return user in (0, os.getuid()) or _is_member(user, group)


def _is_member(user: int, group: int) -> bool:
    try:
        ours = grp.getgrnam(GROUP)
        return group == ours.gr_gid or pwd.getpwuid(user).pw_name in ours.gr_mem
    except KeyError:
        return False
