"""KEY=VALUE files: what is read, and that what is not changed stays byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audio_rtsp.config.keyvalue import parse_lines, set_key

TEXTS = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]))
KEYS = st.sampled_from(["A", "B_2", "RTSP_PORT", "_x"])
FRAGMENTS = [
    b"A=1\n",
    b"A='1' # c\r\n",
    b'  export A = "x # y"#c\n',
    b"# A=2\n",
    b"\n",
    b'B_2="open\n',
    b"A\n",
    b"\xff=\xfe\n",
    b"A=\n",
]
FILES = st.one_of(st.binary(max_size=80), st.lists(st.sampled_from(FRAGMENTS), max_size=6).map(b"".join))


def value_of(data: bytes, key: str) -> str | None:
    return next((line.value.text for line in reversed(parse_lines(data)) if line.key == key), None)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"A=192k", "192k"),
        (b"A = 192k  ", "192k"),
        (b"\texport A=192k", "192k"),
        (b"export  A=192k\r\n", "192k"),
        (b"\xef\xbb\xbfA=192k\n", "192k"),
        (b"A=192k # loud", "192k"),
        (b"A=192k#loud", "192k#loud"),
        (b"A=   # nothing", ""),
        (b"A=", ""),
        (b'A="-af volume=2" # loud', "-af volume=2"),
        (b"A='it # is'", "it # is"),
        (b'A="say \\"hi\\" \\$x \\n"', 'say "hi" $x \\n'),
        (b"A='a\\b'", "a\\b"),
        (b'A=""', ""),
        (b"A=$HOME `id`", "$HOME `id`"),
        (b"A=-af acompressor=threshold=0.05:ratio=4", "-af acompressor=threshold=0.05:ratio=4"),
    ],
)
def test_a_value_is_read(line: bytes, value: str) -> None:
    (read,) = parse_lines(line)
    assert (read.key, read.value.text, read.fault) == ("A", value, "")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b'A="open # comment', 'the quote " is never closed'),
        (b"A='open", "the quote ' is never closed"),
        (b'A="a" b', "text stands behind the closing quote"),
        ("A=“192k”".encode(), 'the quote “ is none that counts here, write " instead'),
        (b"AUDIO_CODEC aac", "is not KEY=VALUE"),
        (b"A: 1", "is not KEY=VALUE"),
        (b"=1", "is not KEY=VALUE"),
    ],
)
def test_a_faulty_line_says_what_is_wrong(line: bytes, fault: str) -> None:
    assert parse_lines(line)[0].fault == fault


def test_a_value_never_spans_lines() -> None:
    lines = parse_lines(b'A="open\nB=2\\\nC=3\n')
    assert [(line.key, line.value.text, bool(line.fault)) for line in lines] == [
        ("A", "", True),
        ("B", "2\\", False),
        ("C", "3", False),
    ]


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        (b"A=1\n", "2", b"A=2\n"),
        (b"  export A = 1   # keep me\r\nB=1", "2", b"  export A = 2   # keep me\r\nB=1"),
        (b"\xef\xbb\xbfA=1 # \xff\n", "2", b"\xef\xbb\xbfA=2 # \xff\n"),
        (b"A='x' # c", "y", b"A='y' # c"),
        (b'A="x"#c', "y z", b'A="y z" #c'),
        (b"A=1", "a b", b'A="a b"'),
        (b"A=   # c", "1", b"A=1   # c"),
        (b"B=1", "2", b"B=1\nA=2\n"),
        (b"B=1\r\n", "2", b"B=1\r\nA=2\r\n"),
        (b"", "2", b"A=2\n"),
        (b'A="open\n', "2", b'A="2"\n'),
        (b"#A=1\n", "2", b"#A=1\nA=2\n"),
        (b"A=1\n", "1", b"A=1\n"),
        (b"A='1'\n", "1", b"A='1'\n"),
    ],
)
def test_one_line_changes(before: bytes, text: str, after: bytes) -> None:
    assert set_key(before, "A", text) == after


def test_the_same_value_in_two_lines_changes_in_both() -> None:
    assert set_key(b"A=1\nB=1\nA=1\n", "A", "2") == b"A=2\nB=1\nA=2\n"


def test_of_two_values_only_the_one_that_counts_changes() -> None:
    assert set_key(b"A=1\nA=2\n", "A", "3") == b"A=1\nA=3\n"


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b"])
def test_a_value_of_several_lines_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        set_key(b"", "A", text)


@given(st.binary())
def test_arbitrary_bytes_never_raise_and_nothing_is_lost(data: bytes) -> None:
    lines = parse_lines(data)
    assert "".join(line.text for line in lines).encode("utf-8", "surrogateescape") == data


@given(FILES, KEYS, TEXTS)
@example(b"A=\xc2\xa0", "A", "\xa0")
def test_what_is_set_is_read_again(data: bytes, key: str, text: str) -> None:
    assert value_of(set_key(data, key, text), key) == text


@given(FILES, KEYS, TEXTS)
def test_every_other_byte_stays(data: bytes, key: str, text: str) -> None:
    before, after = parse_lines(data), parse_lines(set_key(data, key, text))
    if not any(line.key == key for line in before):
        assert set_key(data, key, text).startswith(data)
        return
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert old.text == new.text or old.key == new.key == key
        assert old.text[: old.value.start] == new.text[: old.value.start]
        assert new.text.lstrip(" ").endswith(old.text[old.value.end :])


@given(FILES, KEYS, TEXTS)
def test_setting_the_same_again_changes_nothing(data: bytes, key: str, text: str) -> None:
    once = set_key(data, key, text)
    assert set_key(once, key, text) == once


@given(FILES, TEXTS)
def test_other_keys_keep_their_values(data: bytes, text: str) -> None:
    before = {line.key: line.value.text for line in parse_lines(data) if line.key != "A"}
    after = {line.key: line.value.text for line in parse_lines(set_key(data, "A", text)) if line.key != "A"}
    assert before == after
