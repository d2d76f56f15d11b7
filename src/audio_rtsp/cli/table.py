"""Plain tables that keep within the terminal: the widest column wraps, nothing is cut."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Sequence

GAP = 2
NARROWEST = 12


def render_table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Lay out *rows* under *header* in at most *width* columns (default: the terminal's, 80 without one)."""
    lines = [[cell.upper() for cell in header], *[list(row) for row in rows]]
    widths = _fit([max(map(_columns, column)) for column in zip(*lines, strict=True)], width or terminal_width())
    return "\n".join(text for line in lines for text in _render_row(line, widths))


def terminal_width() -> int:
    """Columns of the terminal, 80 when there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def _fit(widths: list[int], available: int) -> list[int]:
    """Take what is too much from the widest columns, down to twelve each."""
    widths = list(widths)
    excess = sum(widths) + GAP * (len(widths) - 1) - available
    while excess > 0 and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
        excess -= 1
    return widths


def _render_row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [
        textwrap.wrap(cell, max(1, width), break_on_hyphens=False) or [""]
        for cell, width in zip(cells, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    padded = [column + [""] * (height - len(column)) for column in wrapped]
    return [_join(line, widths) for line in zip(*padded, strict=True)]


def _wrap(cell: str, width: int) -> list[str]:
    return textwrap.wrap(cell, width, break_on_hyphens=False) or [""]


def _join(line: Sequence[str], widths: Sequence[int]) -> str:
    return (
        (" " * GAP)
        .join(cell + " " * (width - _columns(cell)) for cell, width in zip(line, widths, strict=True))
        .rstrip()
    )


def _columns(text: str) -> int:
    """Terminal columns of *text*: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
