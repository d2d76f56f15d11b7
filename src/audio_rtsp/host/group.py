"""The group whose members act on the running program, and read what others may not."""

from __future__ import annotations

import grp
import os

GROUP = "audio-rtsp"


def reading_group() -> int | None:
    """Number of the group of whoever runs the program: ours; without an installation this user's, or sudo's caller's.

    None where root alone can be meant.
    """
    try:
        return grp.getgrnam(GROUP).gr_gid
    except KeyError:
        number = str(os.getegid()) if os.geteuid() else os.environ.get("SUDO_GID", "")
    return int(number) if number.isdecimal() and int(number) else None


def group_name(number: int) -> str:
    """What chgrp(1) takes."""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
