"""Where scenarios get their boxes from."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lab.evidence import Evidence
from lab.machine.guest import Guest
from lab.machine.hardware import MINI_PC, Hardware
from lab.machine.qemu import DISK
from lab.machine.station import Snapshot, Station

from field.box import Box
from field.install import install
from field.sabotage import NONE, Sabotage

INSTALLED = "installed"


@dataclass(slots=True)
class Stage:
    """One scenario's: its boxes, the evidence they give, and what the report shall note."""

    station: Station
    installed: Snapshot
    is_smoke: bool = False
    sabotage: Sabotage = NONE
    evidence: Evidence = field(default_factory=Evidence)
    notes: list[str] = field(default_factory=list)

    def note(self, words: str) -> None:
        """For the report's last column."""
        self.notes.append(words)

    @contextlib.contextmanager
    def box(self, config: str | None = "") -> Iterator[Box]:
        """A box that is up, with the service running under *config* (None: not started); about 4 s."""
        with self.station.guest(self.installed) as guest, self._boxed(guest, config) as box:
            yield box

    @contextlib.contextmanager
    def cold_box(self, hardware: Hardware = MINI_PC, config: str | None = "") -> Iterator[Box]:
        """A box that has booted from the same disk."""
        with self.station.cold_guest(hardware, self.installed.disk) as guest, self._boxed(guest, config) as box:
            yield box

    @contextlib.contextmanager
    def _boxed(self, guest: Guest, config: str | None) -> Iterator[Box]:
        box = Box(guest, self.evidence, self.sabotage, [])
        try:
            with self.evidence.life(guest):
                if config is not None:
                    box.start(config)
                yield box
        except AssertionError as error:
            error.add_note(box.complain())
            raise
        finally:
            box.hush()


def take_installed(station: Station, project: Path, folder: Path) -> Snapshot:
    """The snapshot ``installed``, from ``ready`` and the project as it is now."""
    ready = station.ready(MINI_PC)
    with station.guest(ready) as guest:
        install(guest, project, station.cache)
        guest.monitor.tell(f"delvm {ready.name}")
        guest.save(INSTALLED)
        guest.power_off()
        (guest.folder / DISK).rename(folder / DISK)
    return Snapshot(disk=folder / DISK, name=INSTALLED, hardware=MINI_PC)
