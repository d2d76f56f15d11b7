"""A sound card as /proc/asound/cards tells it (kernel: sound/core/init.c, snd_card_info_read)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_HEAD = re.compile(r"^\s*(?P<index>\d{1,4})\s\[(?P<id>.*?)\s*\]: ?(?P<rest>.*)$")
_USB_PLACE = re.compile(r" at usb-(?P<host>\S+)-(?P<ports>\d+(?:\.\d+)*), [a-z ]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """``name`` is the short one (``Lab Mic One``), ``long_name`` tells the place, too."""

    index: int
    id: str
    driver: str = ""
    name: str = ""
    long_name: str = ""


def parse_cards(text: str) -> tuple[Card, ...]:
    """Read /proc/asound/cards; a card is one line and an indented one, more when its name holds line ends."""
    cards: list[Card] = []
    for line in text.split("\n"):
        head = _HEAD.match(line)
        if head:
            cards.append(_card(head))
        elif cards and line.strip():
            cards[-1] = _continued(cards[-1], line)
    return tuple(cards)


def _card(head: re.Match[str]) -> Card:
    driver, _, name = head["rest"].partition(" - ")
    return Card(index=int(head["index"]), id=head["id"].strip(), driver=driver.strip(), name=name.strip())


def _continued(card: Card, line: str) -> Card:
    if line.startswith(" ") or card.long_name:
        return replace(card, long_name=f"{card.long_name} {line.strip()}".strip())
    return replace(card, name=f"{card.name} {line.strip()}".strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbPlace:
    """Where a USB card is plugged in: controller and ports on the way (``1.2``: port 2 of the hub in 1)."""

    host: str
    ports: str


def parse_usb_place(long_name: str) -> UsbPlace | None:
    """Read the end of a long name, ``… at usb-0000:00:1d.0-1, full speed``; the kernel may have cut it (79 letters)."""
    place = _USB_PLACE.search(long_name)
    return UsbPlace(host=place["host"], ports=place["ports"]) if place else None
