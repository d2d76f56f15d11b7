"""Seconds lost and filled, per stream and day. Pure."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from audio_rtsp.config.wreck import parse_json
from audio_rtsp.facts.clock import is_clock_set

VERSION = 1
DAYS = 400
"""So many days are kept of each stream: the newest on which it lost anything. No clock can make it forget more."""

STREAMS = 256
"""So many streams are kept: those that lost something last. As many as MAX_STREAMS may be."""

UNSET = "unset-clock"

MOST_SECONDS = 1e9

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Loss:
    """Seconds that no listener heard, and seconds of silence in their place (which are among them)."""

    lost: float = 0.0
    filled: float = 0.0

    def __add__(self, other: Loss) -> Loss:
        return Loss(self.lost + other.lost, self.filled + other.filled)


def day_of(wall_time: float) -> str:
    """The local date, as ``2026-11-24``; a machine whose clock is not set has one day only."""
    return datetime.fromtimestamp(wall_time).date().isoformat() if is_clock_set(wall_time) else UNSET


class Account:
    """Grows by :meth:`add`, forgets by itself."""

    def __init__(self, days: Mapping[str, Mapping[str, Loss]] | None = None) -> None:
        self._streams = {stream: dict(known) for stream, known in (days or {}).items()}

    def add(self, stream: str, day: str, loss: Loss) -> None:
        """Count more for that day."""
        days = self._streams.setdefault(stream, {})
        days[day] = days.get(day, Loss()) + loss
        for old in sorted(set(days) - {UNSET})[:-DAYS]:
            del days[old]
        if len(self._streams) > STREAMS:
            del self._streams[min(set(self._streams) - {stream}, key=self._last_day)]

    def streams(self) -> Mapping[str, Mapping[str, Loss]]:
        """All of it: stream, day, loss."""
        return self._streams

    def days(self, stream: str) -> Mapping[str, Loss]:
        """A copy of what is known of *stream*; made in one step, so that another thread may add meanwhile."""
        return self._streams.get(stream, {}).copy()

    def loss(self, stream: str, day: str) -> Loss:
        """What *stream* lost on that day."""
        return self._streams.get(stream, {}).get(day, Loss())

    def _last_day(self, stream: str) -> tuple[str, str]:
        return max(set(self._streams[stream]) - {UNSET}, default=""), stream


class Totals:
    """Makes additions of counters that grow, and that begin at zero when their stream begins anew."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Loss] = OrderedDict()

    def growth(self, stream: str, total: Loss) -> Loss:
        """What came since the last time that *stream* was counted."""
        growth = self.uncounted(stream, total)
        self._known[stream] = total
        self._known.move_to_end(stream)
        if len(self._known) > 2 * STREAMS:
            self._known.popitem(last=False)
        return growth

    def uncounted(self, stream: str, total: Loss) -> Loss:
        """The same without counting it; also while another thread counts."""
        before = self._known.get(stream, Loss())
        if total.lost < before.lost / 2 or total.filled < before.filled / 2:
            return total
        return Loss(max(0.0, total.lost - before.lost), max(0.0, total.filled - before.filled))


def render_account(account: Account) -> bytes:
    """The file ``account.json``, the same bytes for the same account."""
    streams = {
        stream: {day: [round(loss.lost, 3), round(loss.filled, 3)] for day, loss in sorted(days.items())}
        for stream, days in sorted(account.streams().items())
    }
    return (json.dumps({"version": VERSION, "streams": streams}, separators=(",", ":")) + "\n").encode()


def parse_account(data: bytes) -> Account:
    """Raises ValueError when it is not as we write it."""
    value = parse_json(data)
    if not isinstance(value, dict) or value.get("version") != VERSION or not isinstance(value.get("streams"), dict):
        raise ValueError(f"expected version {VERSION} and streams")
    return Account({stream: _days(stream, days) for stream, days in value["streams"].items()})


def _days(stream: str, days: object) -> dict[str, Loss]:
    if not isinstance(days, dict):
        raise ValueError(f"streams.{stream}: expected an object")
    return {day: _loss(f"streams.{stream}.{day}", day, loss) for day, loss in days.items()}


def _loss(spot: str, day: str, loss: object) -> Loss:
    if day != UNSET and not _DAY.fullmatch(day):
        raise ValueError(f"{spot}: expected a date")
    if not isinstance(loss, list) or len(loss) != 2 or not all(isinstance(one, float | int) for one in loss):
        raise ValueError(f"{spot}: expected two numbers")
    if not all(0 <= one <= MOST_SECONDS for one in loss):
        raise ValueError(f"{spot}: expected seconds")
    return Loss(*map(float, loss))
