"""Who watches sees when there is nothing more to see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audio_rtsp.cli import stream_watch
from audio_rtsp.cli.places import places_for
from unit.cli.snapshots import snapshot, stream


def test_a_program_that_ends_is_told_to_who_watches_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stream_watch, "watch", lambda path: iter([snapshot(stream()).as_json()]))
    stream_watch.watch_streams(places_for(root=Path("/"), config=None, environ={}, is_root=True), as_json=True)
    shown = capsys.readouterr()
    assert json.loads(shown.out)["streams"][0]["state"] == "LIVE"
    assert shown.err.startswith("audio-rtsp tells no more: it has ended")
