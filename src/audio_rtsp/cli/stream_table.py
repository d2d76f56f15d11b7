"""The table of streams, for ``stream list`` and for ``run`` on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from audio_rtsp.cli.answer import in_typed_words
from audio_rtsp.cli.table import render_table

WITHOUT_MICROPHONE = "no microphone is published; why: audio-rtsp device list"

IN_WORDS = {"embedded": "the built-in server", "mediamtx": "MediaMTX"}


def render_streams(status: dict[str, Any], width: int | None = None) -> str:
    """Streams first, then what is not streamed, then what is wrong."""
    table, remarks = _table(status["streams"], width)
    notes = [
        *remarks,
        *_server_note(status["server"]),
        *password_note(status),
        *without_microphone(status["streams"]),
        *map(_left_out, status["left_out"]),
        *_complaints(status),
    ]
    return "\n".join((table, *(("", *map(in_typed_words, notes)) if notes else ())))


def _table(streams: Sequence[dict[str, Any]], width: int | None) -> tuple[str, list[str]]:
    """The remarks stand in a column, or below the table where that would break a URL: a whole one can be copied."""
    rows = [(one["name"], one["state"], one["url"], _remark(one)) for one in streams]
    if not rows:
        return "no streams", []
    table = render_table(("name", "state", "url", ""), rows, width)
    if all(url in table for _, _, url, _ in rows):
        return table, []
    remarks = [f"{name}: {remark}" for name, _, _, remark in rows if remark]
    return render_table(("name", "state", "url"), [row[:3] for row in rows], width), remarks


def without_microphone(streams: Iterable[dict[str, Any]]) -> list[str]:
    """Where nothing but test tones is published: what tells why."""
    if any(not one["identity"].startswith("tone-") for one in streams):
        return []
    return [WITHOUT_MICROPHONE]


def _remark(one: dict[str, Any]) -> str:
    """Why it is not live; else how it is."""
    if one["reason"]:
        return in_typed_words(one["reason"])
    clipping = ["too loud: clipping"] if one["is_clipping"] else []
    parts = [*clipping, *([f"{one['readers']} listening"] if one["readers"] else [])]
    if one["lost_seconds"] >= 0.1:
        parts.append(f"{one['lost_seconds']:.1f} s lost")
    return ", ".join(parts)


def server_words(server: dict[str, Any]) -> str:
    """The media server as the pages call it."""
    return IN_WORDS.get(server["name"], str(server["name"]))


def _server_note(server: dict[str, Any]) -> list[str]:
    says = f"does not answer: {server['reason']}" if server["reason"] else "is starting"
    return [] if server["is_up"] else [f"{server_words(server)} {says}"]


def password_note(status: dict[str, Any]) -> list[str]:
    """What a URL lacks where the server asks for a password, which is never shown."""
    server = status["server"]
    if not server.get("asks_password"):  # the program that runs may be older than this command
        return []
    return [f"a password is asked for: rtsp://USER:PASSWORD@HOST:{server['rtsp_port']}/NAME"]


def _left_out(one: dict[str, Any]) -> str:
    return f"not streamed: {one['name'] or one['identity']} ({one['reason']})"


def _complaints(status: dict[str, Any]) -> list[str]:
    of_streams = [text for one in status["streams"] for text in one["complaints"]]
    return list(dict.fromkeys((*status["complaints"], *of_streams)))
