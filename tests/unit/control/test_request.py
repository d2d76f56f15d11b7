"""What may be asked on the control socket, and how an answer looks."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.control.request import BadRequest, Request, parse_request, render_answer, render_request


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_question_is_read_as_it_was_asked(verb: str, name: str) -> None:
    line = render_request(Request(verb, name))
    assert parse_request(line) == Request(verb, name)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")


@pytest.mark.parametrize("line", [b"", b"\n", b"status\n", b"{", b"\xff\n", b"nan", b"[" * 60_000, b'{"ask":' * 9_000])
def test_junk_is_a_bad_request(line: bytes) -> None:
    with pytest.raises(BadRequest):
        parse_request(line)


@pytest.mark.parametrize(
    "line", [b"[]", b"null", b'"status"', b"{}", b'{"ask": 1}', b'{"ask": null}', b'{"ask": ["a"]}']
)
def test_json_that_asks_nothing_is_told_what_to_ask(line: bytes) -> None:
    with pytest.raises(BadRequest, match="VERB"):
        parse_request(line)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_question_or_a_bad_one(line: bytes) -> None:
    try:
        parse_request(line)
    except BadRequest as error:
        assert "expected" in str(error)


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=20) | st.integers() | st.none(), max_size=5))
def test_an_answer_is_one_line_of_json(answer: dict[str, object]) -> None:
    line = render_answer(answer)
    assert line.count(b"\n") == 1
    assert json.loads(line) == answer


def test_a_folder_whose_name_is_no_utf_8_can_be_told() -> None:
    folder = os.fsdecode(b"/home/M\xfcller")
    line = render_answer({"state_folder": folder, "name": "k\u00fcche"})
    assert json.loads(line.decode()) == {"state_folder": folder, "name": "k\u00fcche"}
