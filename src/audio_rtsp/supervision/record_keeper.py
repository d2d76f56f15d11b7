"""What is written down of a running supervisor: its counters once a second, its complaints when they come."""

from __future__ import annotations

import asyncio

from audio_rtsp.config.settings import LOG_LEVEL
from audio_rtsp.events.account import Loss
from audio_rtsp.events.event import Event
from audio_rtsp.events.recorder_thread import RecorderThread
from audio_rtsp.events.severity import Severity
from audio_rtsp.supervision.desk import MachineDesk
from audio_rtsp.supervision.supervisor import Supervisor

PAUSE = 1.0


class RecordKeeper:
    """Keeps the records of one supervisor."""

    def __init__(self, desk: MachineDesk, supervisor: Supervisor, records: RecorderThread) -> None:
        self._desk = desk
        self._supervisor = supervisor
        self._records = records
        self._told: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Until cancelled; the last counters are noted then."""
        try:
            while True:
                self.look()
                await asyncio.sleep(PAUSE)
        finally:
            self.look()

    def look(self) -> None:
        """Note the counters, and tell the complaints that are new."""
        streams = self._supervisor.status().streams
        self._records.look({one.name: Loss(one.lost_seconds, one.filled_seconds) for one in streams})
        complaints = dict.fromkeys((*self._desk.complaints(), *(text for one in streams for text in one.complaints)))
        for text in complaints:
            if text not in self._told:
                self._records.tell(Severity.WARNING, "configuration", text)
        self._told = frozenset(complaints)

    def reload(self) -> None:
        """The settings were read again; the log files may have been moved away."""
        self._records.note(Event(subject="service", before="", after="", cause="the settings were read again"))
        self._records.reopen(self._desk.configuration.service[LOG_LEVEL])
