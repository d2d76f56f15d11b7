"""Which MediaMTX is newer, which is known to be bad, and what is asked before one takes another's place."""

from __future__ import annotations

import pytest
from packaging.version import Version

from audio_rtsp.server.mediamtx.release.decision import Ask, Go, Nothing, decide
from audio_rtsp.server.mediamtx.release.version import (
    NEWEST_TRIED,
    OLDEST,
    Change,
    change,
    faults,
    is_refused,
    nearest,
    newest_good,
    parse_release,
    tag,
)

V = Version


def test_numbers_are_compared_as_numbers() -> None:
    ordered = ["v1.9.0", "v1.12.2", "v1.20.1"]
    assert sorted(ordered, key=lambda text: parse_release(text) or V("0")) == ordered
    assert [tag(version) for text in ordered if (version := parse_release(text))] == ordered


@pytest.mark.parametrize("text", ["v0.0.0", "v1.20.1-3-gabc", "v1.20.1-dirty", "1.20", "", "latest", "v1.20.1rc1"])
def test_what_is_no_release_is_an_unknown_build(text: str) -> None:
    assert parse_release(text) is None


@pytest.mark.parametrize(("installed", "wanted", "expected"), [
    (None, "v1.20.1", Change.FIRST),
    ("v1.12.2", "v1.20.1", Change.UPGRADE),
    ("v1.20.1", "v1.9.0", Change.DOWNGRADE),
    ("v1.20.1", "v1.20.1", Change.SAME),
    ("v0.0.0", "v1.20.1", Change.UNKNOWN),
    ("v1.20.1", "v0.0.0", Change.UNKNOWN),
    ("v1.20.1", "", Change.UNKNOWN),
    ("v0.0.0", "v0.0.0", Change.UNKNOWN),
])  # fmt: skip
def test_every_change_has_its_name(installed: str | None, wanted: str, expected: Change) -> None:
    assert change(installed, wanted) is expected


@pytest.mark.parametrize(("version", "refused", "words"), [
    ("1.11.3", True, "older than v1.12.2"),
    ("1.12.1", True, "older than v1.12.2"),
    ("1.12.2", False, "keeps memory and CPU"),
    ("1.14.0", False, "keeps memory and CPU"),
    ("1.15.0", True, "can crash when its API"),
    ("1.15.2", False, "broken pipe"),
    ("1.20.0", False, "read-only"),
])  # fmt: skip
def test_bad_versions_are_known_with_their_reason(version: str, refused: bool, words: str) -> None:
    assert is_refused(V(version)) is refused
    assert any(words in fault.says for fault in faults(V(version)))


@pytest.mark.parametrize("version", ["1.17.1", "1.19.3", "1.20.1", "2.0.0"])
def test_good_versions_have_no_fault(version: str) -> None:
    assert not faults(V(version))


def test_what_is_installed_by_default_is_good() -> None:
    assert not faults(NEWEST_TRIED)
    assert not is_refused(OLDEST)


def test_the_newest_good_one_may_not_be_the_newest() -> None:
    assert newest_good([V("1.20.0"), V("1.19.3"), V("1.15.0")]) == V("1.19.3")
    assert newest_good([V("1.15.0"), V("1.14.0"), V("1.13.0")]) == V("1.14.0")
    assert newest_good([V("1.15.0")]) is None
    assert newest_good([]) is None


def test_the_neighbours_stand_around() -> None:
    known = [V(text) for text in ("1.20.1", "1.12.2", "1.19.3", "1.15.6")]
    assert nearest(V("1.16.0"), known) == (V("1.15.6"), V("1.19.3"), V("1.20.1"))
    assert nearest(V("9.0.0"), known) == (V("1.15.6"), V("1.19.3"), V("1.20.1"))
    assert nearest(V("0.1.0"), known) == (V("1.12.2"), V("1.15.6"), V("1.19.3"))
    assert nearest(V("1.0.0"), []) == ()


def decided(
    installed: str | None, wanted: str, *, named: bool = False, forced: bool = False, whole: bool = True
) -> object:
    return decide(installed, wanted, is_named=named, is_forced=forced, is_whole=whole)


def test_a_first_installation_asks_nothing() -> None:
    assert isinstance(decided(None, "v1.20.1"), Go)
    assert isinstance(decided(None, ""), Go)


def test_an_upgrade_is_the_default_of_its_question() -> None:
    assert decided("v1.12.2", "v1.20.1") == Ask("Upgrade MediaMTX from v1.12.2 to v1.20.1?", True)


def test_a_downgrade_is_made_only_to_a_version_that_was_named() -> None:
    assert isinstance(decided("v1.21.0", "v1.20.1"), Nothing)
    assert decided("v1.21.0", "v1.20.1", named=True) == Ask("Downgrade MediaMTX from v1.21.0 to v1.20.1?", True)


def test_an_unknown_build_is_replaced_only_on_purpose() -> None:
    for named, forced, default in ((False, False, False), (True, False, True), (False, True, True)):
        asked = decided("v0.0.0", "v1.20.1", named=named, forced=forced)
        assert isinstance(asked, Ask)
        assert asked.default is default


def test_the_same_again_is_done_when_forced_or_damaged() -> None:
    assert isinstance(decided("v1.20.1", "v1.20.1", named=True), Nothing)
    assert isinstance(decided("v1.20.1", "v1.20.1", forced=True), Go)
    assert isinstance(decided("v1.20.1", "v1.20.1", whole=False), Go)
