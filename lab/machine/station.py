"""Where guests are made: the image, its snapshots, and a passing folder for each guest."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.command import run
from lab.errors import GuestStuck
from lab.folder import passing_folder
from lab.image.build import Image, ensure_image
from lab.image.cache import Cache
from lab.image.recipe import digest
from lab.machine.disk import copy_overlay, make_overlay
from lab.machine.guest import Guest
from lab.machine.hardware import Hardware
from lab.machine.qemu import DISK, PROGRAM, BootFiles, qemu_command

READY = "ready"
"""The snapshot of a booted system: sound modules loaded, no microphone, no program under test."""

SETTLE_LIMIT = 60
SETTLE = f"timeout {SETTLE_LIMIT} systemctl is-system-running --wait >/dev/null; systemctl is-system-running"
UNSETTLED = "systemctl list-units --failed --plain --no-legend; systemctl list-jobs --no-legend"
PREPARE = "modprobe snd-usb-audio && journalctl --flush && sync && sleep 2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A disk with an internal snapshot, and the hardware it was taken on."""

    disk: Path
    name: str
    hardware: Hardware


@dataclass(frozen=True, slots=True)
class Station:
    """Makes guests from one image; their folders are below *folder*."""

    cache: Cache
    image: Image
    say: Callable[[str], None]

    @classmethod
    def open(cls, cache: Cache, say: Callable[[str], None]) -> Station:
        """Build what is missing."""
        return cls(cache, ensure_image(cache, say), say)

    def ready(self, hardware: Hardware) -> Snapshot:
        """The snapshot ``ready`` of *hardware*, taken when it is not in the cache; each QEMU, and each way that it is
        taken, has its own.
        """
        version = run((PROGRAM, "--version"), timeout=10).stdout
        key = digest([version, SETTLE, PREPARE, *qemu_command(hardware, self._boot_files())])
        kind = f"{self.image.folder.name}/{READY}-{hardware.name}"
        folder = self.cache.get(f"{kind}-{key}", self._taker(hardware))
        self.cache.prune(kind)
        return Snapshot(disk=folder / DISK, name=READY, hardware=hardware)

    @contextlib.contextmanager
    def guest(self, snapshot: Snapshot) -> Iterator[Guest]:
        """A guest that resumed *snapshot*: about a second; nothing of it is left afterwards."""
        with self._folder() as folder:
            copy_overlay(snapshot.disk, folder / DISK)
            with self._running(snapshot.hardware, folder, snapshot.name) as guest:
                yield guest

    @contextlib.contextmanager
    def cold_guest(self, hardware: Hardware, disk: Path | None = None) -> Iterator[Guest]:
        """A guest that booted from the image, or from a copy of *disk*: 8 to 15 s."""
        with self._folder() as folder:
            copy_overlay(disk, folder / DISK) if disk else make_overlay(folder / DISK, self.image.disk)
            with self._running(hardware, folder, None) as guest:
                yield guest

    def _folder(self) -> contextlib.AbstractContextManager[Path]:
        return passing_folder(self.cache.folder / "run", "guest-")

    @contextlib.contextmanager
    def _running(self, hardware: Hardware, folder: Path, snapshot: str | None) -> Iterator[Guest]:
        guest = Guest(hardware, self._boot_files(), folder)
        try:
            guest.power_on(snapshot)
            yield guest
        finally:
            guest.close()

    def _taker(self, hardware: Hardware) -> Callable[[Path], None]:
        def take(half: Path) -> None:
            self.say(f"snapshot {READY}: booting {hardware.name}")
            with self.cold_guest(hardware) as guest:
                _settle(guest)
                guest.check(PREPARE)
                guest.save(READY)
                guest.power_off()
                (guest.folder / DISK).rename(half / DISK)

        return take

    def _boot_files(self) -> BootFiles:
        return BootFiles(kernel=self.image.kernel, initrd=self.image.initrd, base_disk=self.image.disk)


def _settle(guest: Guest) -> None:
    """Wait until all of its units are up: what is half up must not become everybody's beginning."""
    state = guest.run(SETTLE, timeout=2 * SETTLE_LIMIT).stdout.strip()
    if state != "running":
        because = guest.run(UNSETTLED).stdout.strip()
        raise GuestStuck(f"'running' system but a {state!r} one; failed or awaited: {because}", guest.last_words())
