"""Lists of SHA-256 sums as sha256sum(1) writes them: two blanks before a name, or a blank and ``*``."""

from __future__ import annotations

import re

LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](?:\./)?(\S.*)", re.ASCII)


def find_checksum(text: str, name: str) -> str | None:
    """The sum of the file *name* in lower case; None when the list has none, or two that differ."""
    found = {
        match[1].lower() for line in text.splitlines() if (match := LINE.fullmatch(line.rstrip())) and match[2] == name
    }
    return found.pop() if len(found) == 1 else None


def render_checksum(digest: str, name: str) -> str:
    """One line that ``sha256sum -c`` understands."""
    return f"{digest}  {name}\n"
