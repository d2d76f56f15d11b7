"""What a stream may be called: one name is part of a URL, of a file's name and of a server's path at once. Pure."""

from __future__ import annotations

import re

MAX_LENGTH = 63
NOT_STREAMS = frozenset({"server", "service", "configuration"})
"""What our own events are about; no stream is called so, that its lines in the logs are its own."""
RULE = "a-z, 0-9, _ and -, at most 63, a letter or digit first; not server, service or configuration"
WHAT_A_NAME_IS = f"a stream name is {RULE}"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def is_stream_name(text: str) -> bool:
    """Whether a stream can be called so."""
    return _NAME.fullmatch(text) is not None and text not in NOT_STREAMS


def nearest_name(text: str) -> str | None:
    """The stream name that *text* may be meant to be: ``Front Door`` is ``front_door``; None where nothing is left."""
    better = re.sub(r"[^a-z0-9_-]+", "_", text.lower()).strip("_-")[:MAX_LENGTH]
    return better if is_stream_name(better) else None
