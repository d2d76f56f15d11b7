"""How long a living server may be silent before it counts as hung. Pure; seconds of any one clock.

A server on an overloaded board is slow, and every restart makes the board busier: each hang soon after another is
believed half as readily.
"""

from __future__ import annotations

ANSWER_LIMIT = 6.0
"""Seconds without an answer from a server that has answered before."""
START_LIMIT = 15.0
"""Seconds until the first answer after a start (a small board with a slow card)."""
LONGEST = 120.0
FORGIVEN_AFTER = 600.0
"""Seconds since the last hang after which the next one is the first again."""


class Patience:
    """Remembers the hangs of one server."""

    def __init__(self) -> None:
        self._hangs = 0
        self._last_hang = 0.0

    def limit(self, *, has_answered: bool, now: float) -> float:
        """Seconds of silence that are borne at *now*."""
        if now - self._last_hang > FORGIVEN_AFTER:
            self._hangs = 0
        first = ANSWER_LIMIT if has_answered else START_LIMIT
        return min(first * 2.0**self._hangs, LONGEST)

    def note_hang(self, now: float) -> None:
        """It was given up."""
        self._hangs += 1
        self._last_hang = now
