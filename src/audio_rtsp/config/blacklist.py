"""The blacklist: devices that are never published; one entry a line, a comment behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from audio_rtsp.config.complaint import Complaint, quoted
from audio_rtsp.config.keyvalue import BYTE_ORDER_MARK, append_line, parse_value, render_value, split_lines

FILE = "device_blacklist.conf"
KERNEL_CUT = 15
"""Characters of a card's id, and of a driver's name, that the kernel keeps (sound/core/init.c)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlacklistEntry:
    """One entry and the line it stands in."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Blacklist:
    """The entries in the order of the file."""

    entries: tuple[BlacklistEntry, ...] = ()


def match(
    entry: BlacklistEntry, *, card_id: str = "", card_name: str = "", identity: str = "", stream_name: str = ""
) -> bool:
    """Whole and without case; as a prefix with a final ``*``, or of a card when the kernel may have cut the entry."""
    wanted = entry.text.casefold()
    cards, names = ([one.casefold() for one in pair if one] for pair in ((card_id, card_name), (identity, stream_name)))
    if wanted.endswith("*"):
        return any(name.startswith(wanted[:-1]) for name in (*cards, *names))
    is_cut = len(entry.text) == KERNEL_CUT
    return wanted in (*cards, *names) or (is_cut and any(name.startswith(wanted) for name in cards))


def parse_blacklist(data: bytes) -> tuple[Blacklist, tuple[Complaint, ...]]:
    """Read the entries; the same entry twice counts once."""
    entries: dict[str, BlacklistEntry] = {}
    complaints: list[Complaint] = []
    for number, line in enumerate(split_lines(data), 1):
        value = parse_value(line.removeprefix(BYTE_ORDER_MARK))
        if value.fault:
            complaints.append(Complaint(f"{FILE}:{number}", f"{value.fault}: {quoted(line.strip())}"))
        elif value.text:
            entries.setdefault(value.text.casefold(), BlacklistEntry(text=value.text, line=number))
    return Blacklist(tuple(entries.values())), tuple(complaints)


def add_entry(data: bytes, entry: str, comment: str = "") -> bytes:
    """Append *entry*, unless it is there already; raises ValueError when it cannot stand on one line."""
    if not entry.strip() or re.search(r"[\0\r\n]", entry + comment):
        raise ValueError("an entry of the blacklist is the name of a device on one line")
    known = {known.text.casefold() for known in parse_blacklist(data)[0].entries}
    if entry.casefold() in known:
        return data
    return append_line(data, _written(entry) + (f"  # {comment}" if comment else ""))


def _written(entry: str) -> str:
    return entry if parse_value(entry.removeprefix(BYTE_ORDER_MARK)).text == entry else render_value(entry, '"')
