"""``audio-rtsp events`` tells an owner what the logs tell him."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from audio_rtsp.cli.main import main
from audio_rtsp.events.event import Event
from audio_rtsp.events.journal import FILE
from audio_rtsp.events.journal_entry import JournalEntry, render_entry


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree in which a program has written three events down."""
    events = [Event(subject="desk", before="", after=state, cause="") for state in ("STARTING", "LIVE")]
    events.append(Event(subject="server", before="", after="up", cause=""))
    folder = tmp_path / "var/lib/audio-rtsp"
    folder.mkdir(parents=True)
    (folder / FILE).write_text("".join(render_entry(JournalEntry(time=1e9, event=one)) + "\n" for one in events))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> str:
    with pytest.raises(SystemExit):
        main(["--root", str(root), "events", *words])
    return capsys.readouterr().out


def test_the_level_of_the_logs_holds_for_events_too(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "starting" not in told(capsys, root)
    assert "desk: live" in told(capsys, root, "-n", "2")
    (root / "etc/audio-rtsp").mkdir(parents=True)
    (root / "etc/audio-rtsp/config").write_text("LOG_LEVEL=debug\n")
    assert "desk: starting" in told(capsys, root)
    assert '"STARTING"' in told(capsys, root, "--json")


def test_a_wrong_name_is_told_with_those_there_are(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "nothing is written down about dsk; there is something about: desk, server\n"
    assert told(capsys, root, "dsk") == said


def test_letters_that_the_locale_does_not_have_are_no_traceback(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    event = Event(subject="desk", before="LIVE", after="LIVE", cause="Gr\u00f6\u00dfe \u65e5", lost=1.0)
    (root / "var/lib/audio-rtsp" / FILE).write_text(render_entry(JournalEntry(time=1e9, event=event, times=3)) + "\n")
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="iso-8859-1"))
    with pytest.raises(SystemExit):
        main(["--root", str(root), "events"])
    assert written.getvalue().endswith(b"desk: live (Gr\xf6\xdfe \\u65e5), 1.0 s lost \\u2026 3 times\n")
