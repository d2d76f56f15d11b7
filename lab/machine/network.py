"""The guest's cable, and the ports of this host's loopback that lead through it."""

from __future__ import annotations

from lab.errors import GuestRefused
from lab.machine.monitor import Monitor
from lab.machine.qemu import NETWORK


class Network:
    """One guest's, from boot to boot."""

    def __init__(self) -> None:
        self._host_ports: dict[int, int] = {}

    def begin(self, monitor: Monitor) -> None:
        """QEMU has begun anew: the same ports as before."""
        for guest_port, host_port in self._host_ports.items():
            _open(monitor, host_port, guest_port)

    def forward(self, monitor: Monitor, guest_port: int) -> int:
        """The port of this host that leads to *guest_port*, opened when there is none."""
        if guest_port not in self._host_ports:
            _open(monitor, 0, guest_port)
            rows = [line.split() for line in monitor.tell("info usernet").splitlines() if "HOST_FORWARD" in line]
            self._host_ports[guest_port] = next(int(row[3]) for row in rows if row[5] == str(guest_port))
        return self._host_ports[guest_port]


def set_link(monitor: Monitor, is_up: bool) -> None:
    """Plug the cable in, or pull it."""
    monitor.do("set_link", name=NETWORK, up=is_up)


def _open(monitor: Monitor, host_port: int, guest_port: int) -> None:
    if said := monitor.tell(f"hostfwd_add {NETWORK} tcp:127.0.0.1:{host_port}-:{guest_port}").strip():
        raise GuestRefused("hostfwd_add", said)
