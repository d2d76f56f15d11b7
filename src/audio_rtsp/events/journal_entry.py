"""One line of the event journal: a JSON object, and back. Pure."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Any

from audio_rtsp.events.event import Event

LONGEST = 1000
"""Characters of foreign words in one entry."""

LAST_TIME = 253_370_764_800.0
"""The year 9999; what is later has no date (datetime)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """An event and when it was, in seconds since 1970; *times* = so many events like it, with their losses added."""

    time: float
    event: Event
    times: int = 1


def render_entry(entry: JournalEntry) -> str:
    """Plain ASCII without a line end, whatever the words; beyond the six keys, what is 0 is left out."""
    event = entry.event
    rare = {
        "filled": round(event.filled, 3),
        "restarts": event.restarts,
        "times": entry.times if entry.times > 1 else 0,
    }
    value = {
        "time": round(entry.time, 3),
        "subject": event.subject[:LONGEST],
        "from": event.before[:LONGEST],
        "to": event.after[:LONGEST],
        "cause": event.cause[:LONGEST],
        "lost": round(event.lost, 3),
        **{key: number for key, number in rare.items() if number},
    }
    return json.dumps(value)


def parse_entry(line: bytes) -> JournalEntry | None:
    """None for half a line, zeros, and all that is not ours."""
    try:
        value = json.loads(line)
        return _entry(value)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None


def _entry(value: dict[str, Any]) -> JournalEntry:
    words = [value[key] for key in ("subject", "from", "to", "cause")]
    if not all(isinstance(word, str) for word in words):
        raise ValueError("expected text")
    subject, before, after, cause = words
    event = Event(subject=subject, before=before, after=after, cause=cause, lost=float(value["lost"]))
    event = replace(event, filled=float(value.get("filled", 0.0)), restarts=int(value.get("restarts", 0)))
    time = float(value["time"])
    if not (0.0 <= time < LAST_TIME and 0.0 <= event.lost < math.inf and 0.0 <= event.filled < math.inf):
        raise ValueError("expected a date and seconds")
    return JournalEntry(time=time, event=event, times=int(value.get("times", 1)))
