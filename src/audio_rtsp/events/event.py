"""One change of something's state."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from audio_rtsp.stream_name import NOT_STREAMS
from audio_rtsp.stream_state import StreamState

WORTH_A_WORD = 0.05
"""Seconds; less would be printed as ``0.0 s lost``."""

_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """*subject* is a stream's name, ``server``, ``service`` or ``configuration``.

    *lost* and *filled* = seconds of sound lost, and of silence in its place, meanwhile; *restarts* = starts of its
    programs since it was live before. Without *after* nothing changed: *cause* is a sentence about the subject.
    """

    subject: str
    before: str
    after: str
    cause: str = ""
    lost: float = 0.0
    filled: float = 0.0
    restarts: int = 0

    @property
    def is_change(self) -> bool:
        """Whether the state is another one now."""
        return self.before != self.after

    @property
    def is_of_a_stream(self) -> bool:
        """Whether the subject is a stream's name."""
        return bool(self.subject) and self.subject not in NOT_STREAMS

    @property
    def likeness(self) -> str:
        """Equal for events that say the same again.

        The numbers of losses, and of what a stream's programs say, do not matter: they differ each time.
        """
        if self.is_change or not (self.after or self.is_of_a_stream):
            return str(self)
        return f"{self.subject}: {self.after} {_NUMBER.sub('#', self.cause)}"

    def plus(self, earlier: Event) -> Event:
        """This one, with what was lost in an *earlier* one like it."""
        return replace(self, lost=earlier.lost + self.lost, filled=earlier.filled + self.filled)

    def __str__(self) -> str:
        prefix = f"{self.subject}: " if self.subject else ""
        lost = f", {self.lost:.1f} s lost" if self.lost >= WORTH_A_WORD else ""
        if not self.after:
            return f"{prefix}{self.cause}{lost}"
        cause = f" ({self.cause})" if self.cause else ""
        return f"{prefix}{self.after.lower()}{self._again()}{cause}{lost}"

    def _again(self) -> str:
        if self.after != StreamState.LIVE or not self.is_change:
            return ""
        if self.restarts:
            return f" again after {self.restarts} restart{'s' if self.restarts > 1 else ''}"
        return " again" if self.before in (StreamState.FILLING, StreamState.SILENT) else ""
