"""The owner's file is read, edited and written with everything that is theirs kept."""

from __future__ import annotations

import pytest

from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.remark import Refused

OWNERS = """\
# Head comment

logLevel: info   # tail
rtspEncryption: no
octal: 0123
empty:
tilde: ~
time: 12:30:00
switch: on
list: [127.0.0.1, "::1"]
"quoted": 'single'
authInternalUsers:
- user: any
  permissions: [{action: publish}, {action: read}]

###############################
paths:
  # example:
  #   source: rtsp://my_camera
  secure:
    source: publisher     # me


  all_others:
# the end
"""


def test_a_file_comes_out_as_it_went_in() -> None:
    assert Document(OWNERS).render() == OWNERS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing but this\n",
        "a: 1\r\nb: 2\r\n",
        "l:\n  - a\n  - b\n",
        "paths:\n    desk:\n        source:   publisher # me\n",
        "may: [ {action: publish},\n  {action: read} ]\n",
        "---\na: 1",
        "users:\n-\n  user: any\n",
    ],
)
def test_short_and_foreign_files_too(text: str) -> None:
    assert Document(text).render() == text


def test_words_have_no_type_until_the_server_reads_them() -> None:
    document = Document(OWNERS)
    assert document.text("octal") == "0123"
    assert document.text("rtspEncryption") == "no"
    assert document.text("empty") == ""
    assert document.has("empty")
    assert not document.has("nothing")
    assert document.is_bare("rtspEncryption")
    assert not document.is_bare("quoted")


def test_one_value_changes_and_nothing_else() -> None:
    document = Document(OWNERS)
    document.set("debug", "logLevel")
    document.set("single", "quoted")
    assert document.render() == OWNERS.replace("logLevel: info   #", 'logLevel: "debug" #')


def test_the_same_value_is_not_written_again_unless_quotes_change_what_it_means() -> None:
    document = Document("a: no\nb: 'no'\n")
    document.set("no", "a")
    document.set("no", "b")
    assert document.render() == "a: \"no\"\nb: 'no'\n"


def test_mappings_on_the_way_are_made() -> None:
    document = Document("paths:\n")
    document.set({"source": "publisher"}, "paths", "all_others")
    document.set(True, "api")
    assert document.render() == 'paths:\n  all_others:\n    source: "publisher"\napi: true\n'


def test_a_dash_may_stand_alone() -> None:
    document = Document("users:\n-\n  user: any\n")
    document.set(True, "api")
    assert document.render() == "users:\n- user: any\napi: true\n"


def test_lines_are_the_ones_an_editor_shows() -> None:
    document = Document(OWNERS)
    assert document.line("logLevel") == 3
    assert document.line("paths", "secure", "source") == 21
    assert document.line("paths", "nobody") == 0
    document.remove("paths", "secure", "source")
    assert not document.has("paths", "secure", "source")


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: 1\na: 2\n", 2), ("a: [\n", 2), ("a: b: c\n", 1), ("\tx: 1\n", 1), ("- a\n", 1), ("a: 1\n---\nb: 2\n", 2)],
)
def test_what_is_no_mapping_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Refused) as caught:
        Document(text)
    assert caught.value.remark.line == line


def test_a_complaint_repeats_no_password() -> None:
    with pytest.raises(Refused) as caught:
        Document("readPass: s3cret\nreadPass: s3cret\n")
    assert "readPass" in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb:\tc\n", 2, "a tab stands here; write blanks"),
        ("a:\n\tb: 1\n", 2, "a tab stands here; write blanks"),
        ("a: 1\nb:true\nc: 1\n", 2, "a ':' with a blank behind it is missing"),
        ("a: 1\n b: 2\n", 2, "a ': ' too many on this line, or a blank too many or too few before it"),
        ("a: %b\n", 1, "nothing begins with % here; put it in quotes"),
        ("a: 1\nb: \0\n", 2, "a character stands here that is no text"),
        ("[" * 5000, 0, "it is nested too deep"),
    ],
)
def test_what_yaml_does_not_like_is_said_in_plain_words(text: str, line: int, says: str) -> None:
    with pytest.raises(Refused) as caught:
        Document(text)
    assert (caught.value.remark.line, str(caught.value)) == (line, says)
