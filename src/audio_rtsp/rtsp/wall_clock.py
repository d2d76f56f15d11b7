"""Wall-clock time that runs as evenly as the monotonic clock, for sender reports (RFC 3550 section 6.4.1)."""

from __future__ import annotations

_STEP_SECONDS = 0.1


class WallClock:
    """An anchor (monotonic, wall); set again only after a step, so that slewing does not shake the reports."""

    def __init__(self, monotonic: float, wall: float) -> None:
        self._offset = wall - monotonic

    def compare(self, monotonic: float, wall: float) -> None:
        """Look at the machine's clock; where it was stepped the anchor is a new one."""
        if abs(wall - self.at(monotonic)) > _STEP_SECONDS:
            self._offset = wall - monotonic

    def at(self, monotonic: float) -> float:
        """Seconds since 1970."""
        return monotonic + self._offset
