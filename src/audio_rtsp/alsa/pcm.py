"""A PCM device as the kernel's text tells it (kernel: sound/core/pcm.c)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(
    r"^(?P<card>\d{1,4})-(?P<device>\d{1,4}): (?P<id>.*?) : (?P<name>.*?)"
    r"(?: : playback \d+)?(?: : capture (?P<capture>\d+))?\s*$"
)
CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pcm:
    """``capture`` counts substreams; 0 means that it only plays."""

    card_index: int
    device: int
    id: str = ""
    name: str = ""
    capture: int = 0


def parse_pcms(text: str) -> tuple[Pcm, ...]:
    """Read /proc/asound/pcm; lines of another shape are passed over."""
    return tuple(_pcm(found) for line in text.split("\n") if (found := _LINE.match(line)))


def _pcm(line: re.Match[str]) -> Pcm:
    return Pcm(
        card_index=int(line["card"]),
        device=int(line["device"]),
        id=line["id"].strip(),
        name=line["name"].strip(),
        capture=int(line["capture"] or 0),
    )


def parse_fields(text: str) -> dict[str, str]:
    """Read ``key : value`` lines, as in pcmNc/info and sub*/status; the first of a key counts."""
    fields: dict[str, str] = {}
    for line in text.split("\n"):
        key, colon, value = line.partition(":")
        if colon:
            fields.setdefault(key.strip(), value.strip())
    return fields


@dataclass(frozen=True, slots=True)
class Substream:
    """``state`` is ``closed`` or the kernel's word: OPEN, SETUP, PREPARED, RUNNING, XRUN, DISCONNECTED …"""

    state: str
    owner_pid: int | None = None


def parse_status(text: str) -> Substream:
    """Read subM/status; without text (gone, or hidden) it counts as closed."""
    fields = parse_fields(text)
    owner = fields.get("owner_pid", "")
    pid = int(owner) if owner.isascii() and owner.isdigit() and 0 < len(owner) < 12 else None
    return Substream(fields.get("state", CLOSED), pid)


@dataclass(frozen=True, slots=True)
class PcmStatus:
    """All substreams of one capture PCM; a loopback has eight, a microphone has one."""

    substreams: tuple[Substream, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Nobody captures from it."""
        return not self._open()

    @property
    def has_room(self) -> bool:
        """One more can open it."""
        return not self.substreams or any(one.state == CLOSED for one in self.substreams)

    @property
    def owner_pid(self) -> int | None:
        """The first of those who hold it."""
        return next(iter(self.owners), None)

    @property
    def owners(self) -> tuple[int, ...]:
        return tuple(one.owner_pid for one in self._open() if one.owner_pid is not None)

    @property
    def state(self) -> str:
        return next((one.state for one in self._open()), CLOSED)

    def _open(self) -> tuple[Substream, ...]:
        return tuple(one for one in self.substreams if one.state != CLOSED)
