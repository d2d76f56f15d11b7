"""The place where a card is plugged in, from its device path alone, as udev's ID_PATH has it.

Source: systemd, src/udev/udev-builtin-path_id.c: the deepest device of each run of one bus counts, `pci-…`, `usb-0:…`,
`platform-…`. Without the USB interface (that is not a place) and without what is an order: the bus number, and the
number of a controller whose parent has the address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from audio_rtsp.alsa.card import UsbPlace

_PCI = re.compile(r"^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$")
_PCI_ROOT = re.compile(r"^pci[0-9a-f]{4,}:[0-9a-f]{2}$")
_USB = re.compile(r"^\d+-(?P<ports>\d+(?:\.\d+)*)(?::\d+\.(?P<interface>\d+))?$")
_USB_ROOT = re.compile(r"^usb\d+$")
_NUMBERED = re.compile(r"^(?:xhci-hcd|dwc3|musb-hdrc|ci_hdrc)\.\d+(?:\.auto)?$")
"""Controllers of a chip's USB ports, numbered as they come (PLATFORM_DEVID_AUTO); a role switch gives a new number."""
_ORDER_ONLY = re.compile(r"^(?:fw\d+(?:\.\d+)?|virtio\d+|gadget(?:\.\d+)?)$")
_CARD = re.compile(r"/sound/card\d+$")
_ROOTS = frozenset({"devices", "platform", "virtual", "faux"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """``text`` is the stable place, ``bus`` the card's own bus; both may be empty, when nothing is known."""

    text: str = ""
    bus: str = ""
    usb_path: str = ""
    """The path of the USB device under /sys, without a leading slash."""
    interface: int | None = None


def parse_device_path(path: str) -> Port:
    """Read ``devices/pci0000:00/0000:00:1d.0/usb1/1-1/1-1:1.0/sound/card0`` (under /sys, up to the card)."""
    parts = [part for part in _CARD.sub("", path).split("/") if part]
    runs = _runs(part for part in parts if not _NUMBERED.match(part))
    if all(bus == "usb" for bus, _ in runs):
        runs = _runs(parts)
    text = "-".join(_place(bus, name) for bus, name in runs)
    return Port(text=text, bus=_own_bus(runs), usb_path=_usb_path(parts), interface=_interface(parts))


def port_of_usb_place(place: UsbPlace) -> Port:
    """The same place from the words in /proc/asound/cards: without a bridge to the PCI bus, controllers by number."""
    host = place.host.lower()
    return Port(text=f"{_place('pci' if _PCI.match(host) else 'platform', host)}-usb-0:{place.ports}", bus="usb")


def _runs(parts: Iterable[str]) -> list[tuple[str, str]]:
    return [(bus, list(members)[-1]) for bus, members in groupby(parts, key=_bus) if bus]


def _bus(part: str) -> str:
    if part in _ROOTS or _ORDER_ONLY.match(part) or _PCI_ROOT.match(part) or _USB_ROOT.match(part):
        return ""
    if _USB.match(part):
        return "usb"
    return "pci" if _PCI.match(part) else "platform"


def _place(bus: str, name: str) -> str:
    found = _USB.match(name) if bus == "usb" else None
    return f"usb-0:{found['ports']}" if found else f"{bus}-{name}"


def _own_bus(runs: list[tuple[str, str]]) -> str:
    buses = [bus for bus, _ in runs]
    return "usb" if "usb" in buses else buses[-1] if buses else ""


def _usb_path(parts: list[str]) -> str:
    depth = max((at for at, part in enumerate(parts) if _USB.match(part) and ":" not in part), default=None)
    return "" if depth is None else "/".join(parts[: depth + 1])


def _interface(parts: list[str]) -> int | None:
    numbers = [found["interface"] for part in parts if (found := _USB.match(part)) and found["interface"]]
    return int(numbers[-1]) if numbers else None


def natural(text: str) -> tuple[list[tuple[bool, int, str]], str]:
    """A sorting key by which port 2 comes before port 10."""
    return [_rank(piece) for piece in re.findall(r"[0-9]+|[^0-9]+", text)], text


def _rank(piece: str) -> tuple[bool, int, str]:
    if piece[0] not in "0123456789":
        return True, 0, piece
    number = piece.lstrip("0")
    return False, len(number), number
