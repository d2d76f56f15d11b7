"""The list of streams as it changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from audio_rtsp.cli.answer import can_redraw, say, tell
from audio_rtsp.cli.places import Places
from audio_rtsp.cli.stream_table import render_streams
from audio_rtsp.control.client import watch

OVER = "audio-rtsp tells no more: it has ended, or this was read too slowly; now: audio-rtsp status"
METER = 20
QUIETEST = -60.0


def watch_streams(places: Places, *, as_json: bool) -> None:
    """Until Ctrl-C, or until the program ends: a table drawn in place on a terminal, else one snapshot a line.

    Where nothing can be drawn in place, one table follows the other.
    """
    snapshots = watch(places.control_socket)
    if as_json or not sys.stdout.isatty():
        for status in snapshots:
            say(json.dumps(status, ensure_ascii=False))
            sys.stdout.flush()
    elif can_redraw(sys.stdout):
        _draw(map(_render, snapshots))
    else:
        for status in snapshots:
            say(f"{_render(status)}\n")
    tell(OVER)


def _draw(pictures: Iterable[str]) -> None:
    from rich.live import Live
    from rich.text import Text

    with Live(auto_refresh=False) as live:
        for picture in pictures:
            live.update(Text(picture), refresh=True)


def _render(status: dict[str, Any]) -> str:
    return f"{render_streams(status)}\n\n{render_meters(status)}"


def render_meters(status: dict[str, Any]) -> str:
    """A bar for each stream: its peak from -60 dBFS to full scale."""
    width = max((len(one["name"]) for one in status["streams"]), default=0)
    return "\n".join(f"{one['name']:<{width}}  {_bar(one['peak'])}" for one in status["streams"])


def _bar(peak: float | None) -> str:
    if peak is None:
        return "-" * METER + "  no level yet"
    filled = round(METER * min(1.0, max(0.0, 1 - peak / QUIETEST)))
    return "#" * filled + "-" * (METER - filled) + f"  {peak:6.1f} dBFS"
