"""Tables keep within the terminal, and nothing in them is cut."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.cli.stream_table import WITHOUT_MICROPHONE, render_streams
from audio_rtsp.cli.table import render_table
from audio_rtsp.status import LeftOut, ServerStatus
from audio_rtsp.stream_state import StreamState
from unit.cli.snapshots import snapshot, stream

HEADER = ("name", "state", "url", "")
URL = "rtsp://192.168.178.123:18554/conference_room_microphone_by_the_window"


def columns(text: str) -> int:
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def together(table: str) -> str:
    return "".join(table.split())


def test_short_cells_stand_under_their_headers() -> None:
    assert render_table(("name", "state"), [("desk", "LIVE"), ("conference", "BUSY")], 80) == (
        "NAME        STATE\ndesk        LIVE\nconference  BUSY"
    )


def test_a_long_cell_wraps_in_its_column_and_the_others_stay() -> None:
    rows = [("conference_room_mic", "COOLDOWN", "rtsp://10.0.0.5:18554/mic", "the device gives no sound " * 3)]
    lines = render_table(HEADER, rows, 100).splitlines()
    assert all(columns(line) <= 100 for line in lines)
    assert len(lines) == 3
    assert lines[1].startswith("conference_room_mic  COOLDOWN  rtsp://10.0.0.5:18554/mic  ")
    assert lines[2].startswith(" " * 40)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_url_that_is_too_long_is_broken_but_whole(width: int) -> None:
    table = render_table(HEADER, [("a" * 63, "LIVE", URL, "3 listening")], width)
    assert all(columns(line) <= width for line in table.splitlines())
    found = [line.split() for line in table.splitlines()[1:]]
    assert together("".join(word for words in found for word in words)).count("rtsp:") == 1


@pytest.mark.parametrize("name", ["マイク" * 20, "Ünïcödé" * 12, "e\u0301" * 90, "🎤" * 50])
def test_wide_and_combined_characters_keep_the_columns_straight(name: str) -> None:
    lines = render_table(("name", "state"), [(name, "LIVE"), ("b", "BUSY")], 40).splitlines()
    assert all(columns(line) <= 40 for line in lines)
    state = lines[0].index("STATE")
    assert columns(lines[1][: lines[1].index("LIVE")]) == state
    assert lines[-1].index("BUSY") == state
    assert together("".join(lines)).replace("STATE", "").replace("LIVE", "") == together(f"NAME{name}bBUSY")


def test_a_device_cannot_move_the_cursor_of_the_terminal() -> None:
    table = render_table(("name",), [("evil\x1b[2J\x07mic\nnext",)], 80)
    assert table == "NAME\nevil�[2J�mic next"


def test_no_rows_leave_the_header() -> None:
    assert render_table(("name", "state"), [], 80) == "NAME  STATE"


@given(st.lists(st.tuples(*[st.text(max_size=60)] * 4), max_size=4), st.integers(60, 120))
def test_four_columns_always_fit(rows: list[tuple[str, ...]], width: int) -> None:
    table = render_table(HEADER, rows, width)
    assert all(columns(line) <= width for line in table.splitlines())


@given(st.lists(st.lists(st.sampled_from(["a", "bb", "a-b", "x" * 40, "語" * 9]), max_size=5), min_size=1, max_size=4))
def test_every_word_of_a_cell_is_shown(words: list[list[str]]) -> None:
    table = render_table(("name",), [(" ".join(cell),) for cell in words], 20)
    assert together(table) == "NAME" + "".join("".join(cell) for cell in words)


def test_a_stream_shows_who_listens_and_what_was_lost() -> None:
    table = render_streams(snapshot(stream(readers=2, lost_seconds=1.26)).as_json(), 80)
    assert table.splitlines()[1] == "desk  LIVE   rtsp://h:1/desk  2 listening, 1.3 s lost"


def test_a_stream_that_is_not_live_shows_why() -> None:
    busy = stream(state=StreamState.BUSY, reason="held by arecord (pid 366)", readers=3)
    assert "held by arecord (pid 366)" in render_streams(snapshot(busy).as_json(), 80)


def test_a_command_in_a_remark_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio_rtsp.cli.answer.own_command", lambda: "./audio-rtsp")
    refused = stream(state=StreamState.REFUSED, reason="see: audio-rtsp config show")
    assert "see: ./audio-rtsp config show" in render_streams(snapshot(refused).as_json(), 200)


def test_a_remark_goes_below_the_table_before_it_breaks_a_url() -> None:
    url = f"rtsp://192.168.178.123:18554/{'n' * 20}"
    loud, quiet = stream(name="n" * 20, url=url, is_clipping=True), stream()
    lines = render_streams(snapshot(loud, quiet).as_json(), 80).splitlines()
    assert lines[1] == f"{'n' * 20}  LIVE   {url}"
    assert f"{'n' * 20}: too loud: clipping" in lines
    assert not [line for line in lines if line.startswith("desk:")]


def test_where_only_tones_are_published_the_way_to_the_reason_is_told() -> None:
    tone, microphone = stream(identity="tone-1"), stream(identity="usb_1")
    assert render_streams(snapshot(tone).as_json(), 80).splitlines()[-1] == WITHOUT_MICROPHONE
    assert WITHOUT_MICROPHONE not in render_streams(snapshot(tone, microphone).as_json(), 80)


def test_a_server_that_was_not_asked_yet_is_no_fault() -> None:
    starting = snapshot(stream(), server=ServerStatus(name="mediamtx", rtsp_port=1, is_up=False, reason=""))
    assert render_streams(starting.as_json(), 80).splitlines()[-1] == "MediaMTX is starting"


def test_the_built_in_server_is_called_as_on_the_pages() -> None:
    starting = ServerStatus(name="embedded", rtsp_port=1, is_up=False, reason="")
    shown = render_streams(snapshot(stream(), server=starting).as_json(), 80)
    assert shown.splitlines()[-1] == "the built-in server is starting"


def test_what_is_not_streamed_and_what_is_wrong_stands_below_once() -> None:
    whole = snapshot(
        stream(complaints=("same",)),
        stream(name="b", complaints=("same", "other")),
        server=ServerStatus(name="mediamtx", rtsp_port=1, is_up=False, reason="connection refused"),
        left_out=(LeftOut(name="", identity="usb_1", reason="no-capture: it only plays"),),
        complaints=("config:7: AUDIO_BITRAT: unknown key",),
    )
    assert render_streams(whole.as_json(), 80).split("\n\n")[1].splitlines() == [
        "MediaMTX does not answer: connection refused",
        "not streamed: usb_1 (no-capture: it only plays)",
        "config:7: AUDIO_BITRAT: unknown key",
        "same",
        "other",
    ]


def test_without_streams_that_is_said() -> None:
    assert render_streams(snapshot().as_json(), 80) == f"no streams\n\n{WITHOUT_MICROPHONE}"
