"""What all connections share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .auth import Gate
from .directory import Directory
from .limits import Census, Limits
from .path import Loop
from .reader import Reader
from .session import Session
from .udp_ports import UdpPorts
from .wall_clock import WallClock


@dataclass(slots=True, kw_only=True)
class Hub:
    """``wall`` reads the machine's clock; everything else runs on the loop's."""

    limits: Limits
    loop: Loop
    wall: Callable[[], float]
    wall_clock: WallClock
    directory: Directory
    gate: Gate
    udp: UdpPorts | None
    publish_from_anywhere: bool
    started: float
    sessions: dict[str, Session] = field(default_factory=dict)
    connection_census: Census = field(init=False)
    session_census: Census = field(init=False)
    reader_census: Census = field(init=False)

    def __post_init__(self) -> None:
        limits = self.limits
        self.connection_census = Census(limits.connections, limits.connections_per_address)
        self.session_census = Census(limits.sessions, limits.sessions_per_address)
        self.reader_census = Census(limits.readers, limits.readers_per_address)

    def enter(self, session: Session) -> bool:
        """Whether there is room for a session; it leaves when it closes."""
        if not self.session_census.enter(session.address):
            return False
        self.sessions[session.id] = session
        session.on_close = self._forget
        return True

    def _forget(self, session: Session) -> None:
        del self.sessions[session.id]
        self.session_census.leave(session.address)
        if isinstance(session, Reader) and session.is_counted:
            self.reader_census.leave(session.address)
