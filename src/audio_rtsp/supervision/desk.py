"""What the supervisor goes by: the settings in force, the devices that are there, and what is remembered of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from audio_rtsp.config.last_good import load_last_good, save_last_good
from audio_rtsp.config.load import Configuration, load
from audio_rtsp.config.setting import Setting
from audio_rtsp.config.settings import (
    API_PORT,
    LOG_DIR,
    MEDIAMTX_BIN,
    RTSP_PORT,
    RTSP_READ_PASSWORD,
    RTSP_READ_USER,
    SERVER,
)
from audio_rtsp.devices.look import Looked, look
from audio_rtsp.devices.memory import DeviceMemory
from audio_rtsp.devices.memory_file import load_memory, save_memory
from audio_rtsp.devices.probe import probe, unknown_devices
from audio_rtsp.events.recorder import RecorderPlaces
from audio_rtsp.host.errand import Errand
from audio_rtsp.host.shortage import shortage
from audio_rtsp.supervision.device_source import device_source
from audio_rtsp.supervision.wants import Wants, decide_wants

AT_START: tuple[Setting[Any], ...] = (
    RTSP_PORT,
    API_PORT,
    SERVER,
    MEDIAMTX_BIN,
    RTSP_READ_USER,
    RTSP_READ_PASSWORD,
    LOG_DIR,
)

LOOK_LIMIT = 10.0
"""Seconds that a look waits for the kernel: while a broken device is opened, closed or taken from the bus, what tells
of it under /proc and /sys waits for its end (sound/core/pcm.c, open_mutex; drivers/usb/core/sysfs.c, device_lock).
"""
DISK_LIMIT = 2.0
"""Seconds that a look waits for the disk of the state; it goes on writing."""
HANGS = 10.0
"""Seconds of either that are worth a complaint; an SD card takes some now and then."""
NO_LOOK = (
    "devices cannot be looked at: the kernel hangs over one of them; streams go on, and none that comes is seen: "
    "unplug the one that gives no sound, else reboot"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPlaces:
    """Where it reads and writes; *overrides* are the settings of the command line, *tones* as in ``decide_wants``.

    *logs* is where LOG_DIR's default means: an ordinary user has no right to the service's own.
    """

    root: Path
    config: Path
    state: Path
    logs: Path
    overrides: Mapping[str, str] = field(default_factory=dict)
    tones: int | None = None


class MachineDesk:
    """The Desk of a real machine (or of a tree that looks like one)."""

    def __init__(self, places: DeskPlaces) -> None:
        self._places = places
        loaded = load_memory(places.state)
        self._memory, self._memory_complaints = loaded.memory, loaded.complaints
        self._is_unsaved = False
        self._device_complaints: tuple[str, ...] = ()
        self._last = Wants()
        self.configuration = self._load(load_last_good(places.state, places.config))
        self._kept: Configuration | None = None
        self._keeping_complaints: tuple[str, ...] = ()
        self._began_with = self.configuration.service
        self._disk = Errand(DISK_LIMIT)
        self._kernel = Errand(LOOK_LIMIT)

    @property
    def root(self) -> Path:
        """Where the machine's tree is read."""
        return self._places.root

    @property
    def folder(self) -> Path:
        """Where the settings are read."""
        return self._places.config.absolute()

    @property
    def records(self) -> RecorderPlaces:
        """Where is written down what happens, since it began."""
        chosen = self._began_with[LOG_DIR]
        return RecorderPlaces(logs=self._places.logs if chosen == LOG_DIR.default else chosen, state=self._places.state)

    async def wants(self) -> Wants:
        """Look at the devices and decide; when they cannot be looked at, all stays as it was."""
        try:
            looked = await self._look()
        except OSError as error:
            self._device_complaints = (f"devices cannot be looked at: {shortage(error) or error}",)
            return self._last
        if looked is None:
            return self._last
        await self._keep_memory(looked.memory)
        self._device_complaints = looked.roster.complaints
        await self._keep_settings()
        wants = decide_wants(
            looked.roster,
            self.configuration,
            seen=self._last.seen,
            source_of=partial(device_source, self._places.root),
            tones=self._places.tones,
        )
        self._last = wants
        return wants

    def reload(self) -> tuple[str, ...]:
        """Read the settings again; a bad value leaves the last good one in force. Returns the complaints."""
        self.configuration = self._load(self.configuration)
        return self.complaints()

    def complaints(self) -> tuple[str, ...]:
        """What is wrong with the settings, the devices or the state folder."""
        settings = map(str, (*self.configuration.complaints, *self.configuration.warnings))
        state = (*self._memory_complaints, *self._keeping_complaints)
        hangs = (*self._waiting_for_kernel(), *self._waiting_for_disk())
        return (*settings, *self.waiting(), *self._device_complaints, *state, *hangs)

    async def _keep_memory(self, memory: DeviceMemory) -> None:
        """When it changed; at each look while the state folder cannot be written, for a disk heals in silence."""
        if memory != self._memory or self._is_unsaved:
            self._memory = memory
            complaints = await self._disk.run(partial(save_memory, self._places.state, memory))
            self._memory_complaints, self._is_unsaved = complaints or (), complaints != ()

    async def _keep_settings(self) -> None:
        """Once for each reading, as above: what is in force now is what the next start falls back on."""
        now, places = self.configuration, self._places
        if self._kept is not now:
            complaints = await self._disk.run(partial(save_last_good, places.state, places.config, now))
            self._keeping_complaints, self._kept = complaints or (), None if complaints != () else now

    def _waiting_for_disk(self) -> tuple[str, ...]:
        words = f"{self._places.state}: the disk does not answer; sound goes on"
        return (words,) if self._disk.busy_seconds > HANGS else ()

    def _waiting_for_kernel(self) -> tuple[str, ...]:
        return (NO_LOOK,) if self._kernel.busy_seconds > HANGS else ()

    def waiting(self) -> tuple[str, ...]:
        """Settings of the server, which would have to drop its listeners, and the place of the logs."""
        before, now = self._began_with, self.configuration.service
        changed = [setting for setting in AT_START if before[setting] != now[setting]]
        return tuple(f"{one.key}: changed, takes effect at the next start of audio-rtsp" for one in changed)

    async def _look(self) -> Looked | None:
        """Devices are asked what they can do on this machine only, never in another one's tree."""
        looked = await self._see(self._memory)
        unknown = unknown_devices(looked.roster) if looked and self._places.root == Path("/") else ()
        return await self._see(await probe(unknown, looked.memory)) if unknown and looked else looked

    async def _see(self, memory: DeviceMemory) -> Looked | None:
        """None when the kernel does not answer."""
        return await self._kernel.run(partial(look, self._places.root, self.configuration, memory))

    def _load(self, previous: Configuration | None) -> Configuration:
        places = self._places
        return load(places.config, environ=os.environ, overrides=places.overrides, previous=previous)
