"""The snapshot that every face reads, and the events between two of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audio_rtsp.cli.answer import say, say_json, tell
from audio_rtsp.cli.main import main
from audio_rtsp.cli.stream_table import render_streams
from audio_rtsp.events.event import Event
from audio_rtsp.status import SCHEMA, LeftOut, ServerStatus, StreamStatus, summary
from audio_rtsp.stream_state import StreamState
from unit.cli.snapshots import snapshot, stream


def test_one_sentence_says_how_it_is() -> None:
    states = [StreamState.LIVE] * 3 + [StreamState.WAITING, StreamState.BUSY]
    streams = [stream(state=state) for state in states]
    assert summary(snapshot(*streams)) == "1 waiting, 3 live, 1 busy"
    assert summary(snapshot()) == "no streams"


def test_the_snapshot_goes_through_json_and_every_face_reads_it() -> None:
    commands = (("arecord", "-q"), ("ffmpeg", "-i", "pipe:0"))
    status = snapshot(
        stream(commands=commands),
        left_out=(LeftOut(name="old", identity="usb_2", reason="ignored: line 1"),),
        complaints=("config:1: odd",),
    )
    whole = json.loads(json.dumps(status.as_json()))
    assert whole["schema"] == SCHEMA
    assert whole["streams"][0]["state"] == "LIVE"
    assert whole["streams"][0]["commands"] == [["arecord", "-q"], ["ffmpeg", "-i", "pipe:0"]]
    shown = render_streams(whole, 80)
    assert "rtsp://h:1/desk" in shown
    assert "not streamed: old (ignored: line 1)" in shown
    assert "config:1: odd" in shown


def test_every_list_says_that_a_password_is_asked_for() -> None:
    server = ServerStatus(name="embedded", rtsp_port=1, is_up=True, reason="", asks_password=True)
    said = "a password is asked for: rtsp://USER:PASSWORD@HOST:1/NAME"
    assert said in render_streams(snapshot(stream(), server=server).as_json(), 80).splitlines()
    assert "PASSWORD" not in render_streams(snapshot(stream()).as_json(), 80)
    older = snapshot(stream()).as_json()
    del older["server"]["asks_password"]
    assert "PASSWORD" not in render_streams(older, 80)


@pytest.mark.parametrize(
    ("cause", "lost", "line"),
    [
        ("", 0.0, "desk: live"),
        ("", 2.14, "desk: live, 2.1 s lost"),
        ("after 3 restarts", 0.04, "desk: live (after 3 restarts)"),
        ("x", 0.05, "desk: live (x), 0.1 s lost"),
    ],
)
def test_an_event_is_one_line_subject_first(cause: str, lost: float, line: str) -> None:
    event = Event(subject="desk", before="BUSY", after=StreamState.LIVE, cause=cause, lost=lost)
    assert str(event) == line


def test_answers_go_to_standard_output_and_talk_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    say("answer")
    say_json({"name": "küche"})
    tell("talk")
    shown = capsys.readouterr()
    assert shown.out == 'answer\n{\n  "name": "küche"\n}\n'
    assert shown.err == "talk\n"


@pytest.mark.parametrize(
    ("streams", "code"),
    [
        ((stream(),), 0),
        ((stream(state=StreamState.SILENT),), 0),
        ((stream(), stream(state=StreamState.WAITING)), 5),
        ((), 5),
    ],
)
def test_the_exit_status_says_whether_all_is_well_and_a_box_without_a_microphone_is_not(
    streams: tuple[StreamStatus, ...], code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("audio_rtsp.cli.verbs.status.ask", lambda path, verb: snapshot(*streams).as_json())
    with pytest.raises(SystemExit) as caught:
        main(["--root", str(tmp_path), "status"])
    assert caught.value.code == code
