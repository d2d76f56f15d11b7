"""Words to systemd: ready, status, alive (sd_notify(3)); without systemd nobody listens and nothing happens."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping


class Notify:
    """The socket named by NOTIFY_SOCKET, and the watchdog's period."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        name = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + name[1:] if name.startswith("@") else name
        self._status = ""
        self._sender: socket.socket | None = None
        self.watchdog_seconds = _watchdog_seconds(environ)

    def ready(self) -> None:
        """The control socket answers."""
        self._send("READY=1")

    def reloading(self, monotonic: float) -> None:
        """A reload begins; :meth:`ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={round(monotonic * 1e6)}")

    def stopping(self) -> None:
        """The end begins."""
        self._send("STOPPING=1")

    def status(self, sentence: str) -> None:
        """What ``systemctl status`` shows; sent when it changes."""
        if sentence != self._status:
            self._status = sentence
            self._send(f"STATUS={sentence}")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def close(self) -> None:
        """Say no more."""
        if self._sender:
            self._sender.close()

    def _send(self, text: str) -> None:
        """By one socket that is kept: a machine that can open no more files must not starve the watchdog, too."""
        if not self._address:
            return
        with contextlib.suppress(OSError):
            self._sender = self._sender or _make_sender()
            self._sender.sendto(text.encode(), self._address)


def _make_sender() -> socket.socket:
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)
    return sender


def _watchdog_seconds(environ: Mapping[str, str]) -> float:
    """0.0 = no watchdog, or one that watches another process (sd_watchdog_enabled(3))."""
    meant_for = environ.get("WATCHDOG_PID", "")
    microseconds = environ.get("WATCHDOG_USEC", "")
    if not microseconds.isdecimal() or (meant_for and meant_for != str(os.getpid())):
        return 0.0
    return int(microseconds) / 1e6
