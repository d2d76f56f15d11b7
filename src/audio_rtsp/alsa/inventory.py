"""The sound cards under a root path, read from /proc/asound and /sys without opening a device."""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from audio_rtsp.alsa.capability import Capability, parse_stream
from audio_rtsp.alsa.card import Card, parse_cards, parse_usb_place
from audio_rtsp.alsa.identity import FoundPcm, UsbDevice
from audio_rtsp.alsa.pcm import Pcm, PcmStatus, Substream, parse_pcms, parse_status
from audio_rtsp.alsa.port import Port, parse_device_path, port_of_usb_place

PROC = "proc/asound"
SOUND = "sys/class/sound"
_CARD_NODE = re.compile(r"card(\d{1,4})")
_PCM_NODE = re.compile(r"pcmC(\d{1,4})D(\d{1,4})([cp])")
_USB_ID = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})")
_NAME_BY_KERNEL = re.compile(r"USB Device 0x[0-9a-f]+:0x[0-9a-f]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundCard:
    """A card, where it is and what it is; ``reason`` tells why nothing can be captured from it, empty where it can."""

    card: Card
    port: Port = field(default_factory=Port)
    usb: UsbDevice | None = None
    reason: str = ""

    @property
    def product(self) -> str:
        """The name that the device has of itself; empty when the kernel made one up from its numbers."""
        name = (self.usb.product if self.usb else "") or self.card.name
        return "" if _NAME_BY_KERNEL.fullmatch(name) else name

    def found(self, pcm: int) -> FoundPcm:
        """The part of one of its PCMs that identity needs."""
        return FoundPcm(
            card_index=self.card.index,
            card_id=self.card.id,
            pcm=pcm,
            bus=self.port.bus,
            port=self.port.text,
            usb=self.usb,
            interface=self.port.interface,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturePcm:
    """A PCM that captures. ``capability`` None: the kernel has no text of it. ``holder``: the program that has it."""

    sound_card: SoundCard
    pcm: Pcm
    capability: Capability | None = None
    status: PcmStatus = field(default_factory=PcmStatus)
    holder: str = ""

    @property
    def found(self) -> FoundPcm:
        return self.sound_card.found(self.pcm.device)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All cards, and the capture PCMs among them."""

    cards: tuple[SoundCard, ...] = ()
    pcms: tuple[CapturePcm, ...] = ()


def read_inventory(root: Path) -> Inventory:
    """Read all cards; one that goes away meanwhile is left out. Never raises for what the kernel says.

    Raises OSError when files cannot be opened for a want of ours: half a look would show devices that are not there.
    """
    nodes = _names(root / SOUND)
    listed = _read(root / PROC / "pcm")
    pcms = parse_pcms(listed) if listed is not None else tuple(_pcms_of_nodes(nodes))
    cards: list[SoundCard] = []
    capturing: list[CapturePcm] = []
    for card in _read_cards(root, nodes):
        own = [pcm for pcm in pcms if pcm.card_index == card.index]
        sound_card = _sound_card(root, card, own)
        read = [_capture_pcm(root, sound_card, pcm) for pcm in own if pcm.capture]
        if _is_there(root, card.index):
            cards.append(sound_card)
            capturing.extend(read)
    return Inventory(cards=tuple(cards), pcms=tuple(capturing))


def pcm_status(root: Path, card_index: int, pcm: int) -> PcmStatus:
    """Whether the PCM is open, and by whom; a PCM that is gone counts as closed."""
    with contextlib.suppress(OSError):
        return PcmStatus(tuple(_substreams(root / PROC / f"card{card_index}/pcm{pcm}c")))
    return PcmStatus()


def holder_name(root: Path, pid: int | None) -> str:
    """The name of a process, empty when it cannot be read."""
    with contextlib.suppress(OSError):
        return (_read(root / f"proc/{pid}/comm") or "").strip() if pid is not None else ""
    return ""


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError as error:
        _raise_want(error)
        return None


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        _raise_want(error)
        return []


def _raise_want(error: OSError) -> None:
    """Not being able to open anything says nothing about the device."""
    if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
        raise error


def _is_there(root: Path, index: int) -> bool:
    return _exists(root / PROC / f"card{index}") or _exists(root / SOUND / f"card{index}")


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True


def _read_cards(root: Path, nodes: Iterable[str]) -> tuple[Card, ...]:
    text = _read(root / PROC / "cards")
    if text is not None:
        return parse_cards(text)
    return tuple(_card_of_node(root, int(node[1])) for name in nodes if (node := _CARD_NODE.fullmatch(name)))


def _card_of_node(root: Path, index: int) -> Card:
    """In a container /proc/asound is masked; /sys has the id at least."""
    return Card(index=index, id=(_read(root / SOUND / f"card{index}/id") or "").strip() or str(index))


def _pcms_of_nodes(nodes: Iterable[str]) -> Iterator[Pcm]:
    for name in nodes:
        node = _PCM_NODE.fullmatch(name)
        if node:
            yield Pcm(card_index=int(node[1]), device=int(node[2]), capture=int(node[3] == "c"))


def _sound_card(root: Path, card: Card, own: list[Pcm]) -> SoundCard:
    port = _port(root, card)
    return SoundCard(card=card, port=port, usb=_usb_device(root, card, port), reason=_reason(own))


def _reason(own: list[Pcm]) -> str:
    if any(pcm.capture for pcm in own):
        return ""
    return "it only plays" if own else "it has no PCM device"


def _port(root: Path, card: Card) -> Port:
    """From the link under /sys, else from the words of /proc/asound/cards."""
    path = _device_path(root / SOUND / f"card{card.index}")
    if path:
        return parse_device_path(path)
    place = parse_usb_place(card.long_name)
    return port_of_usb_place(place) if place else Port()


def _device_path(node: Path) -> str:
    """Where the card is under /sys: ``../../devices/…`` of the node itself, or of its ``device`` in a copied tree."""
    for link in (node, node / "device"):
        with contextlib.suppress(OSError):
            _, found, path = str(link.readlink()).partition("devices/")
            if found:
                return found + path
    return ""


def _usb_device(root: Path, card: Card, port: Port) -> UsbDevice | None:
    ids = _read_usb_folder(root / "sys" / port.usb_path) if port.usb_path else None
    if ids is not None:
        return ids
    spoken = _USB_ID.fullmatch((_read(root / PROC / f"card{card.index}/usbid") or "").strip().lower())
    return UsbDevice(vid=spoken[1], pid=spoken[2]) if spoken else None


def _read_usb_folder(folder: Path) -> UsbDevice | None:
    vid, pid, serial, product = (
        (_read(folder / name) or "").strip() for name in ("idVendor", "idProduct", "serial", "product")
    )
    if not _USB_ID.fullmatch(f"{vid}:{pid}".lower()):
        return None
    return UsbDevice(vid=vid.lower(), pid=pid.lower(), serial=serial, product=product)


def _capture_pcm(root: Path, sound_card: SoundCard, pcm: Pcm) -> CapturePcm:
    stream = _read(root / PROC / f"card{pcm.card_index}/stream{pcm.device}")
    status = pcm_status(root, pcm.card_index, pcm.device)
    return CapturePcm(
        sound_card=sound_card,
        pcm=pcm,
        capability=parse_stream(stream) if stream else None,
        status=status,
        holder=holder_name(root, status.owner_pid),
    )


def _substreams(folder: Path) -> Iterator[Substream]:
    for name in _names(folder):
        text = _read(folder / name / "status") if name.startswith("sub") else None
        if text is not None:
            yield parse_status(text)
