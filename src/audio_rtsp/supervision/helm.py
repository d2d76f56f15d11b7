"""What may be asked of a running supervisor, by signals and by the control socket, and its sign of life to systemd."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

from audio_rtsp.control.request import Request
from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.host.notify import Notify
from audio_rtsp.status import summary
from audio_rtsp.supervision.desk import MachineDesk
from audio_rtsp.supervision.record_keeper import RecordKeeper
from audio_rtsp.supervision.supervisor import Supervisor
from audio_rtsp.supervision.throttle import Throttle

USB_RESET_NOTE = "mediamtx-monitor resets it when it runs; without it nothing happens: pull its plug and put it back"
PULSE = 2.0
"""Seconds between signs of life when no watchdog asks for more."""
CALM = 1.0
"""Seconds between two times that settings are read at a signal, or that they end the waits of all streams."""


class Helm:
    """Steers one supervisor."""

    def __init__(self, desk: MachineDesk, supervisor: Supervisor, keeper: RecordKeeper, notify: Notify) -> None:
        self._desk = desk
        self.supervisor = supervisor
        self.keeper = keeper
        self.notify = notify
        self.on_pulse: Callable[[], None] = lambda: None
        self._reload = Throttle(self.reload, CALM)
        self._news = Throttle(supervisor.tell_news, CALM)

    @property
    def reads(self) -> Mapping[str, Callable[[Request], dict[str, Any]]]:
        """Verbs that change nothing."""
        return {"status": lambda request: self.supervisor.status().as_json(), "history": self._history}

    @property
    def acts(self) -> Mapping[str, Callable[[Request], dict[str, Any]]]:
        """Verbs that do."""
        return {"reload": lambda request: self.reload(), "restart": self._restart, "usb-reset": self._usb_reset}

    def listen_to_hangups(self, *, came_before: bool) -> None:
        """SIGHUP reads the settings again, also one that came while nobody could."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._reload.ask)
        if came_before:
            self._reload.ask()

    def reload(self) -> dict[str, Any]:
        """Read the settings again; only what changed is touched."""
        self.notify.reloading(loop_time())
        complaints = self._desk.reload()
        self.keeper.reload()
        self.supervisor.look_again()
        self._news.ask()
        self.notify.ready()
        return {"complaints": complaints, "waiting": self._desk.waiting(), "config": str(self._desk.folder)}

    async def heartbeat(self) -> None:
        """Feed the watchdog while every stream's task keeps its own deadline; what device or server do is no matter."""
        pause = min(PULSE, self.notify.watchdog_seconds / 2 or PULSE)
        while True:
            if not self.supervisor.is_stuck:
                self.notify.alive()
            self.notify.status(summary(self.supervisor.status()))
            self.on_pulse()
            await asyncio.sleep(pause)

    def _history(self, request: Request) -> dict[str, Any]:
        days = self.supervisor.losses(request.name)
        return {"name": request.name, "days": {day: (loss.lost, loss.filled) for day, loss in days.items()}}

    def _restart(self, request: Request) -> dict[str, Any]:
        if self.supervisor.restart(request.name):
            return {"restarted": request.name}
        return {"error": f"no stream is called {request.name!r}"}

    def _usb_reset(self, request: Request) -> dict[str, Any]:
        """Only the monitor may touch the bus; it finds the request in the next snapshot."""
        error = self.supervisor.ask_usb_reset(request.name)
        return {"error": f"{request.name}: {error}"} if error else {"noted": request.name, "note": USB_RESET_NOTE}


def dump_tasks() -> None:
    """Tell what every task is at, on standard error: SIGUSR1."""
    for task in asyncio.all_tasks():
        task.print_stack(file=sys.stderr)
    sys.stderr.flush()
