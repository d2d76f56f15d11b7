"""What an owner sets has an effect, or is told that it has none."""

from __future__ import annotations

import re
from pathlib import Path

from audio_rtsp.config.settings import ALL, NOT_YET

PROGRAM = Path(__file__).resolve().parents[3] / "src/audio_rtsp"


def test_every_setting_is_read_or_said_to_have_no_effect_yet() -> None:
    """Read is one whose name stands in a module outside config."""
    readers = "\n".join(one.read_text() for one in PROGRAM.glob("*/**/*.py") if "config" not in one.parts)
    unread = {setting for setting in ALL if not re.search(rf"\b{setting.key}\b", readers)}
    assert {one.key for one in unread} == {one.key for one in NOT_YET}
