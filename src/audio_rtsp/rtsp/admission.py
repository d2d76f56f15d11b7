"""Who may publish and who may read, asked for each request of one connection."""

from __future__ import annotations

import os

from .hub import Hub
from .limits import is_loopback
from .message import Request
from .outlet import Wire
from .session import Refused


class Admission:
    """Counts wrong passwords; after a few of them the connection is ``is_exhausted``."""

    def __init__(self, hub: Hub, wire: Wire) -> None:
        self._hub, self._wire = hub, wire
        self._nonce = os.urandom(16).hex()
        self._wrong_passwords = 0

    @property
    def is_exhausted(self) -> bool:
        return self._wrong_passwords >= self._hub.limits.wrong_passwords

    def check_publisher(self) -> None:
        """Only this machine publishes unless told otherwise."""
        if not self._hub.publish_from_anywhere and not is_loopback(self._wire.address):
            raise Refused(403)

    def check_reader(self, request: Request) -> None:
        gate, given = self._hub.gate, request.header("Authorization")
        if gate.is_open or (given and gate.admits(given, request.method, self._nonce)):
            return
        self._wrong_passwords += bool(given)
        raise Refused(401, gate.challenge(self._nonce))
