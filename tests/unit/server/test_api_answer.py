"""Answers of the control API, whatever the version of the server calls things."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.server.api_answer import Page, UnexpectedJson, parse_page, parse_path, parse_rtsp_readers
from audio_rtsp.server.path import PathState

WIRE = Path(__file__).resolve().parents[2] / "wire/mediamtx"
VERSIONS = sorted(path.name for path in WIRE.iterdir())
every_version = pytest.mark.parametrize("version", VERSIONS)


def page(version: str, name: str) -> Page:
    return parse_page((WIRE / version / f"{name}.json").read_bytes())


def test_the_oldest_and_the_newest_version_are_among_the_captured() -> None:
    assert {"v1.12.2", "v1.20.1"} <= set(VERSIONS)
    assert len(VERSIONS) == 6


@every_version
def test_publishing_paths_are_online_and_have_bytes(version: str) -> None:
    found = page(version, "paths-publishing")
    assert found.pages == 1
    assert [path.name for path in found.paths] == ["aac", "dyn", "mic-desk", "mic-door"]
    assert all(path.is_online and path.inbound_bytes > 10_000 and path.readers == 0 for path in found.paths)
    assert all(path.since.startswith("2026-11-24T02:0") for path in found.paths)


@every_version
def test_idle_paths_are_not_online(version: str) -> None:
    found = page(version, "paths-idle").paths
    assert found
    assert not any(path.is_online for path in found)
    assert {(path.since, path.inbound_bytes, path.readers) for path in found} == {("", 0, 0)}


@every_version
def test_readers_are_counted(version: str) -> None:
    found = {path.name: path.readers for path in page(version, "paths-reading").paths}
    assert sum(found.values()) == 2


@every_version
def test_readers_by_rtsp_are_known_by_their_sessions(version: str) -> None:
    items = json.loads((WIRE / version / "paths-reading.json").read_bytes())["items"]
    found = [reader for item in items for reader in parse_rtsp_readers(json.dumps(item).encode())]
    assert len(found) == 2 and all(len(reader) == 36 for reader in found)


def test_readers_by_other_protocols_are_passed_over() -> None:
    assert parse_rtsp_readers(b'{"readers": [{"type": "hlsMuxer", "id": ""}, {"type": "rtspSession", "id": "x"}]}') == (
        "x",
    )
    with pytest.raises(UnexpectedJson, match=r"readers\[0\].id"):
        parse_rtsp_readers(b'{"readers": [{"type": "rtspSession", "id": 5}]}')


@every_version
def test_a_page_says_how_many_there_are(version: str) -> None:
    found = page(version, "paths-page")
    assert found.pages == 2
    assert len(found.paths) == 2


@every_version
def test_a_path_whose_publisher_timed_out_is_offline(version: str) -> None:
    item = json.loads((WIRE / version / "path-after-publisher-timeout.json").read_text())
    assert not parse_path(item, "path").is_online


def test_the_names_of_all_versions_become_one_value() -> None:
    old = {"name": "a", "ready": True, "readyTime": "T", "bytesReceived": 5, "readers": [{}]}
    new = {"name": "a", "online": True, "onlineTime": "T", "inboundBytes": 5, "readers": [{}]}
    assert parse_path(old, "") == parse_path(new, "") == parse_path(old | new, "")
    assert parse_path(new, "") == PathState(name="a", is_online=True, since="T", inbound_bytes=5, readers=1)


def test_an_always_available_path_without_publisher_is_not_online() -> None:
    """From v1.17.0: ready for readers, which hear filler, while nobody publishes."""
    item = {"name": "a", "ready": True, "readyTime": "T", "available": True, "online": False, "onlineTime": None}
    assert not parse_path(item, "").is_online


@pytest.mark.parametrize(
    ("text", "spot"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "expected an object, got a list"),
        (b"null", "expected an object, got null"),
        (b'{"items": 3}', "items: expected a list, got a number"),
        (b'{"items": {}}', "items: expected a list, got an object"),
        (b'{"pageCount": "1"}', "pageCount: expected a number, got text"),
        (b'{"pageCount": true}', "pageCount: expected a number, got bool"),
        (b'{"items": [null]}', "items[0]: expected an object, got null"),
        (b'{"items": [{"name": "a", "ready": true}, {"name": null}]}', "items[1].name: expected text, got null"),
        (b'{"items": [{"name": "a"}]}', "items[0].online: expected true or false, got null"),
        (b'{"items": [{"name": "a", "ready": 1}]}', "items[0].ready: expected true or false, got a number"),
        (b'{"items": [{"name": "a", "ready": true, "readyTime": 5}]}', "items[0].readyTime: expected text"),
        (b'{"items": [{"name": "a", "ready": true, "inboundBytes": "5"}]}', "items[0].inboundBytes: expected a number"),
        (b'{"items": [{"name": "a", "ready": true, "readers": 5}]}', "items[0].readers: expected a list, got a number"),
    ],
)
def test_what_no_server_promised_is_refused_with_its_spot(text: bytes, spot: str) -> None:
    with pytest.raises(UnexpectedJson) as caught:
        parse_page(text)
    assert str(caught.value).startswith(spot)


@pytest.mark.parametrize("text", [b"{}", b'{"items": null}', b'{"items": [], "pageCount": 0}'])
def test_no_paths_are_no_error(text: bytes) -> None:
    assert parse_page(text).paths == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
keys = ["name", "ready", "online", "readyTime", "onlineTime", "inboundBytes", "bytesReceived", "readers"]
pages = st.dictionaries(
    st.sampled_from(["items", "pageCount", "itemCount"]),
    json_values | st.lists(st.dictionaries(st.sampled_from(keys), json_values), max_size=3),
)


@given(pages | json_values)
def test_any_json_is_a_page_or_is_refused(value: object) -> None:
    try:
        found = parse_page(json.dumps(value).encode())
    except UnexpectedJson as error:
        assert "expected" in str(error)
        return
    assert all(isinstance(path, PathState) for path in found.paths)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_page_or_are_refused(text: bytes) -> None:
    try:
        parse_page(text)
    except UnexpectedJson:
        return
