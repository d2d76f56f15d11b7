"""No card captures: what the machine shows of the reason, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CONTAINER_FILES = (".dockerenv", "run/.containerenv", "run/systemd/container")
HYPERVISORS = re.compile(r"QEMU|KVM|VMware|innotek|VirtualBox|Microsoft Corporation|Xen|Parallels|bhyve", re.IGNORECASE)
USB_AUDIO_CLASS = "01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """``usb_audio``: products of USB audio devices on the bus, whether a driver took them or not."""

    has_sound_system: bool = True
    has_drivers: bool = True
    is_container: bool = False
    is_virtual: bool = False
    usb_audio: tuple[str, ...] = ()


def next_steps(around: Surroundings, *, has_cards: bool) -> tuple[str, ...]:
    """Plain advice, the likeliest first, in lines of at most 80 columns."""
    return tuple(_steps(around, has_cards))


def _steps(around: Surroundings, has_cards: bool) -> Iterator[str]:
    if around.is_container:
        yield "This is a container: it has sound only when started with --device /dev/snd."
        return
    if around.usb_audio and not has_cards:
        yield f"On the USB bus, without a driver: {', '.join(around.usb_audio)}"[:80]
    if not around.has_drivers:
        yield "This kernel came without sound drivers. On Ubuntu type:"
        yield "  sudo apt install linux-modules-extra-$(uname -r)"
        yield "On Debian: sudo apt install linux-image-$(dpkg --print-architecture)"
    elif (around.usb_audio and not has_cards) or not around.has_sound_system:
        yield "Load the driver: sudo modprobe snd-usb-audio; what it says: sudo dmesg | tail"
    if around.is_virtual:
        yield "This is a virtual machine: its host must pass the USB device on to it."
    if not around.usb_audio:
        yield "Is a microphone plugged in? lsusb and arecord -l show it when it is."


def read_surroundings(root: Path) -> Surroundings:
    """Look under *root*; what cannot be read counts as not there."""
    release = _text(root / "proc/sys/kernel/osrelease")
    modules = root / "lib/modules" / release
    return Surroundings(
        has_sound_system=(root / "proc/asound").exists(),
        has_drivers=not (release and modules.exists() and not (modules / "kernel/sound").exists()),
        is_container=any((root / file).exists() for file in CONTAINER_FILES),
        is_virtual=bool(HYPERVISORS.search(_text(root / "sys/class/dmi/id/sys_vendor") + release)),
        usb_audio=tuple(sorted(set(_usb_audio(root / "sys/bus/usb/devices")))),
    )


def _usb_audio(folder: Path) -> Iterator[str]:
    """An interface ``1-2:1.0`` of the class audio belongs to the device ``1-2``."""
    for interface in folder.glob("*:*"):
        if _text(interface / "bInterfaceClass") == USB_AUDIO_CLASS:
            device = folder / interface.name.partition(":")[0]
            yield _text(device / "product") or f"{_text(device / 'idVendor')}:{_text(device / 'idProduct')}"


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
