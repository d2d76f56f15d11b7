"""Finding the line that the server means."""

from __future__ import annotations

import pytest

from audio_rtsp.server.mediamtx.culprit import find_culprit
from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.plain_words import plain

COMPLAINT = "json: cannot unmarshal string into Go value of type bool"
TEXT = """\
base: &base
  record: false
hls: true
api: false
paths:
  one:
    source: publisher
    record: true
  two:
    <<: *base
    source: publisher
  three:
"""


class Server:
    """It dislikes some keys, and never says which."""

    def __init__(self, *bad: tuple[str, ...]) -> None:
        self.bad = bad
        self.asked = 0

    def says(self, text: str) -> str:
        self.asked += 1
        document = Document(text)
        return COMPLAINT if any(document.has(*place) for place in self.bad) else ""


@pytest.mark.parametrize(
    "place",
    [("base",), ("hls",), ("paths",), ("paths", "one", "record"), ("paths", "two", "source"), ("paths", "three")],
)
def test_the_place_that_nobody_named_is_found(place: tuple[str, ...]) -> None:
    assert find_culprit(TEXT, COMPLAINT, Server(place).says) == place


def test_of_two_bad_places_the_first_is_found() -> None:
    bad = (("api",), ("paths", "one", "record"))
    assert find_culprit(TEXT, COMPLAINT, Server(*bad).says) == bad[0]


def test_what_no_part_alone_is_guilty_of_has_no_place() -> None:
    assert find_culprit(TEXT, COMPLAINT, lambda text: COMPLAINT) == ()
    assert find_culprit("", COMPLAINT, lambda text: COMPLAINT) == ()


def test_a_hundred_lines_need_few_looks() -> None:
    server = Server(("key77",))
    text = "".join(f"key{number}: x\n" for number in range(100))
    assert find_culprit(text, COMPLAINT, server.says) == ("key77",)
    assert server.asked <= 8


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        (COMPLAINT, "text stands here; it takes true or false"),
        (
            "json: cannot unmarshal number into Go struct field alias.readTimeout of type string",
            "a number stands here; it takes text: put it in quotes; a time has a unit, as in 10s",
        ),
        (
            "json: cannot unmarshal string into Go struct field alias.paths of type struct { Name *string }",
            "text stands here; it takes lines of its own below it, indented",
        ),
        (
            "json: cannot unmarshal string into Go value of type conf.LogDestinations",
            "text stands here; it takes a list, such as [one, other]",
        ),
        ("cannot set slice to nil", "nothing stands here; it takes a list, and [] for none"),
        ('json: unknown field "foo"', 'unknown field "foo": misspelt, indented wrongly, or not of this version'),
        ("'writeQueueSize' must be a power of two", "'writeQueueSize' must be a power of two"),
        ("x" * 5000, f"{'x' * 200} ..."),
    ],
)
def test_the_servers_words_become_an_owners(says: str, shown: str) -> None:
    assert plain(says) == shown
