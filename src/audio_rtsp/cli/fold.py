"""Lines that keep within the terminal; a word, such as a path or a URL, stays whole."""

from __future__ import annotations

from audio_rtsp.cli.table import columns_of, terminal_width

INDENT = "  "


def fold(text: str, width: int | None = None) -> str:
    """One line as several of at most *width* columns (default: the terminal's, 80 without one)."""
    most = width or terminal_width()
    first, *rest = text.split(" ")
    lines = [first]
    for word in rest:
        if columns_of(lines[-1]) + 1 + columns_of(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(f"{INDENT}{word}")
    return "\n".join(lines)
