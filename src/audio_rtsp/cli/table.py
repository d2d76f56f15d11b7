"""Plain tables that keep within the terminal: the widest column wraps, nothing is cut."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence

GAP = 2
NARROWEST = 12


def render_table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Lay out *rows* under *header* in at most *width* columns (default: the terminal's, 80 without one)."""
    lines = [[cell.upper() for cell in header], *[[_printable(cell) for cell in row] for row in rows]]
    columns = list(zip(*lines, strict=True))
    with_words = [number for number, column in enumerate(columns) if any(" " in cell for cell in column)]
    widths = _fit([max(map(columns_of, column)) for column in columns], width or terminal_width(), with_words)
    return "\n".join(text for line in lines for text in _render_row(line, widths))


def terminal_width() -> int:
    """Columns of the terminal, 80 when there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def _fit(widths: list[int], available: int, with_words: Sequence[int] = ()) -> list[int]:
    """Take what is too much from the widest columns, down to twelve each; from those *with_words* first."""
    widths = list(widths)
    excess = sum(widths) + GAP * (len(widths) - 1) - available
    for columns in (with_words, range(len(widths))):
        while excess > 0 and columns and max(widths[one] for one in columns) > NARROWEST:
            widths[max(columns, key=lambda one: widths[one])] -= 1
            excess -= 1
    return widths


def _render_row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [_wrap(cell, max(2, width)) for cell, width in zip(cells, widths, strict=True)]
    height = max(map(len, wrapped))
    padded = [column + [""] * (height - len(column)) for column in wrapped]
    return [_join(line, widths) for line in zip(*padded, strict=True)]


def _wrap(cell: str, width: int) -> list[str]:
    """Break at blanks, and a word that is too long where the column ends (textwrap counts characters)."""
    lines, line = [], ""
    for word in cell.split():
        if line and columns_of(line) + 1 + columns_of(word) <= width:
            line += " " + word
            continue
        lines += [line] if line else []
        *whole, line = _pieces(word, width)
        lines += whole
    return [*lines, line]


def _pieces(word: str, width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if columns_of(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _join(line: Sequence[str], widths: Sequence[int]) -> str:
    return (
        (" " * GAP)
        .join(cell + " " * (width - columns_of(cell)) for cell, width in zip(line, widths, strict=True))
        .rstrip()
    )


def _printable(cell: str) -> str:
    """A device may be called anything, also what moves a terminal's cursor."""
    return "".join(character if character.isprintable() else " " if character.isspace() else "�" for character in cell)


def columns_of(text: str) -> int:
    """Terminal columns of *text*: wide characters take two, accents that stand on another none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
