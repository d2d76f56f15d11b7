"""Whether this machine knows what time it is: a board without a clock wakes up in 1970, or when it was switched off."""

from __future__ import annotations

import time

NOT_EARLIER = 1_767_225_600.0
"""2026-01-01 UTC, in seconds since 1970: this program is younger, so no right clock shows an earlier time."""


def is_clock_set(now: float) -> bool:
    """Whether *now* (seconds since 1970) can be true."""
    return now >= NOT_EARLIER


def render_date(now: float) -> str:
    """A day as people write it, UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(now))
