"""One published path of a media server, whatever its version calls things."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PathState:
    """``is_online`` = somebody publishes; ``inbound_bytes`` restarts at 0 with each ``since``."""

    name: str
    is_online: bool
    since: str
    inbound_bytes: int
    readers: int
