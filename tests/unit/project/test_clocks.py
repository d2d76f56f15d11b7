"""A clock that jumps from 1970 to today changes nothing but printed times: hardly anything knows it."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3] / "src/audio_rtsp"
WALL_CLOCK = re.compile(r"\btime\.time\b|\bdatetime\.(now|utcnow|today)\b|\btime\.(strftime|localtime|ctime)\b")
MAY_PRINT_IT = {
    "config/backup.py": "the name of a backup",
    "events/recorder_thread.py": "the times of log lines and the days of the account",
    "facts/clock.py": "the date of a clock that was never set",
    "rtsp/report.py": "the API's text of a time",
    "rtsp/server.py": "sender reports (RFC 3550): taken once at the start, monotonic from then on",
    "server/mediamtx/release/web.py": "whether a certificate can be judged, and how old an answer is",
}


def test_the_wall_clock_is_read_where_it_is_printed_and_nowhere_else() -> None:
    found = {
        str(file.relative_to(SOURCE)) for file in SOURCE.rglob("*.py") if WALL_CLOCK.search(file.read_text("utf-8"))
    }
    assert found == set(MAY_PRINT_IT)
