"""One UDP port pair for all sessions: RTP on an even port, RTCP on the next (RFC 3550 section 11)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from .outlet import Peer

_DATAGRAMS_PER_TURN = 64
_KERNEL_BUFFER_BYTES = 1 << 20
Inlet = Callable[[bytes], None]


class UdpPorts:
    """Peers are known by address and port; what comes from others is dropped."""

    def __init__(self, rtp: socket.socket, rtcp: socket.socket) -> None:
        self._rtp, self._rtcp = rtp, rtcp
        self.ports: tuple[int, int] = rtp.getsockname()[1], rtcp.getsockname()[1]
        self._inlets: dict[Peer, Inlet] = {}
        for each in (rtp, rtcp):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER_BYTES)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BUFFER_BYTES)

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Receive from here on."""
        for port in (self._rtp, self._rtcp):
            loop.add_reader(port, self._receive, port)

    def listen_to(self, peer: Peer, inlet: Inlet) -> bool:
        """False when another session has that peer."""
        return self._inlets.setdefault(peer, inlet) is inlet

    def forget(self, peer: Peer, inlet: Inlet) -> None:
        if self._inlets.get(peer) is inlet:
            del self._inlets[peer]

    def _receive(self, port: socket.socket) -> None:
        """What is there, but not for ever: others want their turn."""
        for _ in range(_DATAGRAMS_PER_TURN):
            try:
                data, peer = port.recvfrom(65536)
            except OSError:  # nothing more, or an ICMP error of something sent earlier
                return
            inlet = self._inlets.get(peer)
            if inlet is not None:
                inlet(data)

    def send(self, packet: bytes, peer: Peer) -> bool:
        """False when the kernel does not take it now; then it is lost, as UDP is."""
        return _send(self._rtp, packet, peer)

    def send_control(self, packet: bytes, peer: Peer) -> bool:
        return _send(self._rtcp, packet, peer)

    def close(self, loop: asyncio.AbstractEventLoop) -> None:
        for port in (self._rtp, self._rtcp):
            loop.remove_reader(port)
            port.close()


def _send(port: socket.socket, packet: bytes, peer: Peer) -> bool:
    try:
        port.sendto(packet, peer)
    except OSError:
        return False
    return True
