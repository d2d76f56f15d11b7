"""A capture device, as the place the sound of a stream comes from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.alsa.capability import Capability
from audio_rtsp.alsa.inventory import SOUND, holder_name, pcm_status
from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.capture.argv import arecord_argv
from audio_rtsp.capture.format import choose_format
from audio_rtsp.devices.device import Device, held_by
from audio_rtsp.encoder.codec import Encoding
from audio_rtsp.facts.node_rights import read_rights, why_forbidden


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSource:
    """By its card id; *root* is where /proc is read. *node* is another one at each plug (``card_node``): number and id
    of a card that went can be the next one's.
    """

    root: Path
    card_id: str
    card_index: int
    pcm: int
    capability: Capability | None
    node: int = 0

    @property
    def mixer(self) -> str:
        """The card's own."""
        return self.card_id

    def choose(self, encoding: Encoding, channels: int) -> PcmFormat:
        """A rate, format and channel count that the device has."""
        return choose_format(self.capability, rate=encoding.rate, channels=channels, is_wide=encoding.is_wide)

    def argv(self, pcm: PcmFormat) -> tuple[str, ...]:
        """arecord."""
        return arecord_argv(self.card_id, self.pcm, pcm)

    def holder(self) -> str:
        """From the PCM's status; read five times a second while busy."""
        status = pcm_status(self.root, self.card_index, self.pcm)
        if status.has_room:
            return ""
        return held_by(holder_name(self.root, status.owner_pid), status.owner_pid)

    def is_there(self) -> bool:
        """By its node."""
        return self.node in (0, card_node(self.root, self.card_index))

    def is_held_by(self, pid: int) -> bool | None:
        """From the PCM's status: a card id can pass to another card between look and open."""
        owners = pcm_status(self.root, self.card_index, self.pcm).owners
        return pid in owners if owners else None

    def obstacle(self) -> str:
        """The rights of its node; another machine's tree has none that count."""
        node = self.root / f"dev/snd/pcmC{self.card_index}D{self.pcm}c"
        if self.root != Path("/") or not node.exists() or os.access(node, os.R_OK | os.W_OK):
            return ""
        try:
            return why_forbidden(str(node), read_rights(node))
        except FileNotFoundError:
            return ""


def device_source(root: Path, device: Device) -> DeviceSource:
    """The source that *device* is."""
    return DeviceSource(
        root=root,
        card_id=device.card_id,
        card_index=device.card_index,
        pcm=device.pcm or 0,
        capability=device.capability,
        node=card_node(root, device.card_index),
    )


def card_node(root: Path, card_index: int) -> int:
    """The inode of the card's folder under /sys (fs/kernfs: no two folders of a boot have the same); 0 without one."""
    try:
        return (root / SOUND / f"card{card_index}").stat().st_ino
    except OSError:
        return 0
