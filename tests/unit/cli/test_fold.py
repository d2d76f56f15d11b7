from __future__ import annotations

import pytest

from audio_rtsp.cli.fold import fold


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("ten to end", ["ten to end"]),
        ("exactly ten and", ["exactly", "  ten and"]),
        ("download https://example.org/file now", ["download", "  https://example.org/file", "  now"]),
        ("https://example.org/file", ["https://example.org/file"]),
        ("  1.0 MB of 2", ["  1.0 MB", "  of 2"]),
        ("\u6f22\u6f22\u6f22 \u6f22\u6f22", ["\u6f22\u6f22\u6f22", "  \u6f22\u6f22"]),
    ],
)
def test_a_line_breaks_at_blanks_and_a_word_stays_whole(text: str, lines: list[str]) -> None:
    assert fold(text, 10).split("\n") == lines
