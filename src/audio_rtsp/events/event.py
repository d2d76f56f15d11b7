"""One change of something's state."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """*subject* is a stream's name, ``server`` or ``configuration``; *lost* = seconds of sound lost meanwhile."""

    subject: str
    before: str
    after: str
    cause: str = ""
    lost: float = 0.0

    def __str__(self) -> str:
        cause = f" ({self.cause})" if self.cause else ""
        lost = f", {self.lost:.1f} s lost" if self.lost >= 0.05 else ""
        return f"{self.subject}: {self.after.lower()}{cause}{lost}"
