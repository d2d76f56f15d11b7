"""Once a second: who has been silent for too long, and sender reports."""

from __future__ import annotations

from collections.abc import Iterable

from .api_connection import ApiConnection
from .hub import Hub
from .publisher import Publisher
from .reader import Reader
from .rtsp_connection import RtspConnection
from .session import Session
from .transport import Lower

SWEEP_SECONDS = 1.0
_REPORT_EVERY = 5  # sweeps, as RFC 3550 section 6.2 has it


class Sweep:
    """Runs itself on the loop until stopped."""

    def __init__(self, hub: Hub, connections: set[RtspConnection], api_connections: set[ApiConnection]) -> None:
        self._hub, self._connections, self._api_connections = hub, connections, api_connections
        self._count = 0
        self._timer = hub.loop.call_later(SWEEP_SECONDS, self._run)

    def stop(self) -> None:
        self._timer.cancel()

    def _run(self) -> None:
        self._timer = self._hub.loop.call_later(SWEEP_SECONDS, self._run)
        self._count += 1
        now = self._hub.loop.time()
        for connection in tuple(self._connections):
            connection.check(now)
        for api_connection in tuple(self._api_connections):
            api_connection.check(now)
        for session in tuple(self._find_silent(now)):
            session.expel()
        if self._count % _REPORT_EVERY == 0:
            self._report(now)

    def _find_silent(self, now: float) -> Iterable[Session]:
        return (session for session in self._hub.sessions.values() if self._is_silent(session, now))

    def _is_silent(self, session: Session, now: float) -> bool:
        limits = self._hub.limits
        if isinstance(session, Publisher) and session.path is not None:
            limit = limits.packet_seconds if session.last_packet else limits.first_packet_seconds
            return now - max(session.last_packet, session.recording_since) > limit
        if isinstance(session, Reader) and self._is_alive(session, now):
            return False
        return now - session.heard > (limits.idle_seconds if session.wire else limits.orphan_seconds)

    def _is_alive(self, session: Reader, now: float) -> bool:
        """TCP itself tells when a playing reader has gone; by UDP only its receiver reports do."""
        if session.was_heard:
            session.was_heard = False
            session.touch(now)
        return session.is_playing and session.lower is Lower.TCP

    def _report(self, now: float) -> None:
        self._hub.wall_clock.compare(now, self._hub.wall())
        for path in self._hub.directory.all():
            for track in path.tracks:
                track.report(self._hub.wall_clock, now)
