"""A line of a log file: local time, severity, subject, words. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from audio_rtsp.events.severity import Severity

LONGEST = 1000
"""Characters of foreign words; programs have been seen to put a whole page into one message."""

MINUTE = 60.0
_USER_IN_URL = re.compile(r"(://)[^/\s]+@")


def render_line(moment: datetime, severity: Severity, text: str) -> str:
    """``2026-11-24 09:17:40 WARNING desk-mic: filling (the device gives no sound), 2.1 s lost``; without its end."""
    return f"{moment:%Y-%m-%d %H:%M:%S} {severity.name} {printable(text)}"


def render_again(text: str, count: int, seconds: float) -> str:
    """The line in the place of *count* lines like it."""
    times = "once more" if count == 1 else f"{count} times"
    return f"{printable(text)} … {times} in the last {'minute' if seconds >= MINUTE else f'{seconds:.0f} s'}"


def printable(text: str) -> str:
    """On one line, of bearable length, with nothing that moves a terminal's cursor and no password of a URL."""
    text = _USER_IN_URL.sub(r"\1…@", text)
    plain = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
