"""udev's word that the sound cards may have changed; it only ever means "look again"."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from typing import Protocol


class _Event(Protocol):
    action: str | None
    properties: Mapping[str, str]


class _Monitor(Protocol):
    def fileno(self) -> int: ...

    def poll(self, timeout: float | None = None) -> _Event | None: ...


def is_worth_a_look(action: str | None, properties: Mapping[str, str]) -> bool:
    """A card is ready when udev's rules set SOUND_INITIALIZED (78-sound-card.rules), not at its first ``add``."""
    return action == "remove" or (action in ("add", "change") and properties.get("SOUND_INITIALIZED") == "1")


class Hotplug:
    """The sound events of this machine. Where there is no netlink or no udev it stays silent: ``fileno()`` is -1."""

    def __init__(self, monitor: _Monitor | None) -> None:
        self._monitor = monitor

    @classmethod
    def open(cls) -> Hotplug:
        """Start to listen; events from now on are kept until drained."""
        return cls(_open_monitor())

    def close(self) -> None:
        """Stop to listen."""
        self._monitor = None

    def fileno(self) -> int:
        return self._monitor.fileno() if self._monitor else -1

    def drain(self) -> bool:
        """Read all that is waiting; True: look again. Events lost (ENOBUFS) count as one."""
        if self._monitor is None:
            return False
        look = False
        try:
            while (event := self._monitor.poll(timeout=0)) is not None:
                look = is_worth_a_look(event.action, event.properties) or look
        except OSError:
            self._take_error()
            return True
        return look

    def _take_error(self) -> None:
        """pyudev sees the error and leaves it there (_os/poll.py): the descriptor would stay readable for ever."""
        with contextlib.suppress(OSError):
            same = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, fileno=self.fileno())
            try:
                same.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            finally:
                same.detach()


def _open_monitor() -> _Monitor | None:
    try:
        import pyudev

        monitor: _Monitor = pyudev.Monitor.from_netlink(pyudev.Context())
        monitor.filter_by(subsystem="sound")  # type: ignore[attr-defined]
        monitor.start()  # type: ignore[attr-defined]
    except (ImportError, OSError, MemoryError):
        return None  # MemoryError: ctypes of some machines, where our unit forbids memory that is written and run
    return monitor
