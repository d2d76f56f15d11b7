"""This machine as its neighbours see it."""

from __future__ import annotations

import socket

SOMEWHERE = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737); connecting a UDP socket sends nothing, it only looks up the route."""


def lan_address() -> str:
    """The address that this machine would use towards the network; its name where there is no route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE)
            address: str = probe.getsockname()[0]
        except OSError:
            return socket.gethostname() or "localhost"
    return address
