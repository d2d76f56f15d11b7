"""What an RTSP URL points at: a path, a query, perhaps a track (RFC 2326 section 3.2, appendix C.1.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_URL = re.compile(r"rtspu?://([^/?#]*)(/[^?#]*)?(\?[^#]*)?(#.*)?", re.IGNORECASE)
_NAME = re.compile(r"[0-9A-Za-z_\-.~:]+(?:/[0-9A-Za-z_\-.~:]+)*")
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """``path`` has no slash at either end; ``base`` is the Content-Base of that URL."""

    authority: str
    path: str
    query: str

    @property
    def base(self) -> str:
        return f"rtsp://{self.authority}/{self.path}/"


def parse_target(url: str) -> Target | None:
    """An absolute URL; a control appended after the query (live555, GStreamer) counts as part of the path."""
    match = _URL.fullmatch(url)
    if match is None:
        return None
    query, _, control = (match[3] or "").removeprefix("?").partition("/")
    parts = filter(None, f"{match[2] or ''}/{control}".split("/"))  # a doubled slash is a careless join
    return Target(authority=match[1].rpartition("@")[2], path="/".join(parts), query=query)


def is_path_name(name: str) -> bool:
    """Names that MediaMTX v1.20.1 takes, too; at most 255 characters."""
    return len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


def find_track(target: Target, name: str, controls: Sequence[str]) -> int | None:
    """Which of a path's tracks a SETUP means; with one track the path alone is enough."""
    for index, control in enumerate(controls):
        if target.path == _absolute(control, name):
            return index
    return 0 if len(controls) == 1 and target.path == name else None


def _absolute(control: str, name: str) -> str:
    whole = parse_target(control)
    return whole.path if whole else f"{name}/{control.strip('/')}"
