"""The words for the state of a stream: in the snapshot, in events and on every page. Pure."""

from __future__ import annotations

from enum import StrEnum


class StreamState(StrEnum):
    """What stands between a microphone and its listeners, before the owner's filters.

    LIVE only with evidence: sound comes in, the encoder moves, the server's bytes grow.
    """

    WAITING = "WAITING"
    STARTING = "STARTING"
    LIVE = "LIVE"
    SILENT = "SILENT"
    FILLING = "FILLING"
    BUSY = "BUSY"
    BACKOFF = "BACKOFF"
    COOLDOWN = "COOLDOWN"
    STOPPED = "STOPPED"
    REFUSED = "REFUSED"


WELL = frozenset({StreamState.LIVE, StreamState.SILENT})
"""Listeners get what the microphone hears."""
