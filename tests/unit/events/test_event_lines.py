"""One event, one line, the same words everywhere."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.config.settings import LogLevel
from audio_rtsp.events.event import Event
from audio_rtsp.events.log_line import LONGEST, printable, render_again, render_line
from audio_rtsp.events.severity import OF_STATE, Severity, least_severity, severity_of
from audio_rtsp.stream_state import StreamState
from unit.events.disk import change, loss

MOMENT = datetime(2026, 11, 24, 9, 17, 40)


def test_a_line_has_time_severity_and_the_streams_name() -> None:
    event = change("FILLING", cause="the device gives no sound", lost=2.1)
    line = render_line(MOMENT, severity_of(event), str(event))
    assert line == "2026-11-24 09:17:40 WARNING desk-mic: filling (the device gives no sound), 2.1 s lost"


@pytest.mark.parametrize(
    ("before", "restarts", "lost", "words"),
    [
        ("FILLING", 3, 2.14, "desk-mic: live again after 3 restarts, 2.1 s lost"),
        ("BACKOFF", 1, 0.3, "desk-mic: live again after 1 restart, 0.3 s lost"),
        ("FILLING", 0, 2.1, "desk-mic: live again, 2.1 s lost"),
        ("SILENT", 0, 0.0, "desk-mic: live again"),
        ("STARTING", 0, 0.0, "desk-mic: live"),
        ("LIVE", 3, 0.3, "desk-mic: live, 0.3 s lost"),
    ],
)
def test_live_again_is_said_where_it_is_known(before: str, restarts: int, lost: float, words: str) -> None:
    assert str(Event(subject="desk-mic", before=before, after="LIVE", lost=lost, restarts=restarts)) == words


def test_every_state_has_its_severity() -> None:
    assert {state.value for state in StreamState} | {"FAILED", "AWAY", "NOT STARTED", "RESTARTED"} == set(OF_STATE)
    of = {event.after: severity_of(event).name for event in (change(state, "") for state in (*StreamState, "failed"))}
    assert of == {
        **dict.fromkeys(("WAITING", "LIVE", "STOPPED"), "INFO"),
        **dict.fromkeys(("SILENT", "FILLING", "BUSY", "BACKOFF", "COOLDOWN"), "WARNING"),
        **dict.fromkeys(("REFUSED", "failed"), "ERROR"),
        "STARTING": "DEBUG",
    }


def test_lost_sound_is_worth_a_warning_and_its_good_end_is_not() -> None:
    assert severity_of(loss(0.3)) is Severity.WARNING
    assert severity_of(change("STOPPED", lost=0.3)) is Severity.WARNING
    assert severity_of(change("LIVE", "FILLING", lost=0.3)) is Severity.INFO
    assert severity_of(loss(0.01)) is Severity.INFO


def test_every_log_level_is_a_severity() -> None:
    assert [least_severity(level).name for level in LogLevel] == ["DEBUG", "INFO", "WARNING", "ERROR"]


@given(st.text(st.characters()))
def test_a_line_is_one_line_whatever_foreign_words_it_has(words: str) -> None:
    line = render_line(MOMENT, Severity.INFO, f"desk: {words}")
    assert line.isprintable()
    assert line.splitlines() == [line]
    line.encode()
    assert len(printable(words)) <= LONGEST


def test_foreign_words_are_escaped_and_not_dropped() -> None:
    assert printable("a\nb\x1b[2J\udc80\u202eé") == r"a\nb\x1b[2J\udc80\u202eé"


@pytest.mark.parametrize("url", ["rtsp://ann:s3cret@host:8554/mic", "https://ann:s3c@ret@host/x"])
def test_no_password_of_a_url_is_written(url: str) -> None:
    assert "s3c" not in printable(f"cannot open {url}: refused")
    assert "://…@host" in printable(url)


def test_a_url_without_a_user_stays() -> None:
    assert printable("rtsp://host:8554/mic@x") == "rtsp://host:8554/mic@x"


def test_a_sentence_without_a_state_is_a_line_too() -> None:
    assert str(Event(subject="configuration", before="", after="", cause="RTSP_PORT: loud")) == (
        "configuration: RTSP_PORT: loud"
    )
    assert str(Event(subject="", before="", after="", cause="Hello")) == "Hello"


def test_a_counter_takes_the_place_of_lines() -> None:
    assert render_again("desk: live", 14, 60.2) == "desk: live … 14 times in the last minute"
    assert render_again("desk: live", 1, 61.0) == "desk: live … once more in the last minute"
    assert render_again("desk: live", 2, 12.4) == "desk: live … 2 times in the last 12 s"


def test_losses_are_alike_whatever_their_numbers_and_changes_are_not() -> None:
    assert loss(0.3, "12 ms late").likeness == loss(0.7, "3.5 ms late").likeness
    assert loss(0.3, subject="mic-1").likeness != loss(0.3, subject="mic-2").likeness
    assert change("LIVE", "FILLING", lost=0.3).likeness != change("LIVE", "FILLING", lost=0.4).likeness


def test_complaints_of_two_lines_are_not_alike_but_a_programs_chatter_is() -> None:
    def word(subject: str, text: str) -> str:
        return Event(subject=subject, before="", after="", cause=text).likeness

    assert word("configuration", "line 3: unknown") != word("configuration", "line 4: unknown")
    assert word("desk-mic", "DTS 1234 out of order") == word("desk-mic", "DTS 1239 out of order")
