"""All about one stream, in words: what ``stream show`` prints."""

from __future__ import annotations

from typing import Any

from audio_rtsp.server.reach import REACH

Fact = tuple[str, str]
UNITS = (("days", 86400.0), ("h", 3600.0), ("min", 60.0))
ENOUGH = 2
"""Of a unit, below which the next smaller one is told."""

SOON = 2.0
"""Seconds; a try that comes sooner is not worth a word."""


def stream_facts(one: dict[str, Any]) -> list[Fact]:
    """Pairs of a word and what it is, from a stream of the snapshot."""
    bitrate = f", {one['bitrate'] // 1000}k" if one["bitrate"] else ""
    return [
        ("name", one["name"]),
        *_state(one),
        ("url", one["url"]),
        ("plays in", REACH.get(one["codec"], "RTSP players")),
        ("device", f"{one['description']} ({one['identity']})"),
        ("encoding", f"{one['codec']}, {one['rate']} Hz, {one['channels']} ch{bitrate}"),
        ("level", _level(one)),
        ("listeners", str(one["readers"])),
        ("lost", f"{one['lost_seconds']:.1f} s since it began, {one['filled_seconds']:.1f} s of it silence of ours"),
        ("lost today", f"{one['lost_today_seconds']:.1f} s; other days: audio-rtsp stream history {one['name']}"),
        ("restarts", f"capture {one['capture_restarts']}, encoder {one['encoder_restarts']}"),
        ("processes", f"capture {one['capture_pid'] or '-'}, encoder {one['encoder_pid'] or '-'}"),
        *(("complaint", text) for text in one["complaints"]),
    ]


def _state(one: dict[str, Any]) -> list[Fact]:
    facts = [("state", f"{one['state']} for {render_span(one['state_seconds'])}")]
    if one["reason"]:
        facts.append(("reason", one["reason"]))
    if (seconds := one.get("next_try_seconds") or 0.0) >= SOON:
        facts.append(("next try", f"in {render_span(seconds)}; at once: audio-rtsp stream restart {one['name']}"))
    return facts


def _level(one: dict[str, Any]) -> str:
    """Both are told by the encoder, the peak first."""
    words = [f"{word} {one[key]:.1f} dBFS" for word, key in (("peak", "peak"), ("RMS", "rms")) if one[key] is not None]
    return ", ".join(words) or "not yet"


def render_span(seconds: float) -> str:
    """A duration as one says it: ``90 s``, ``5 min``, ``3 days``."""
    for unit, length in UNITS:
        if seconds >= ENOUGH * length:
            return f"{seconds // length:.0f} {unit}"
    return f"{seconds:.0f} s"
