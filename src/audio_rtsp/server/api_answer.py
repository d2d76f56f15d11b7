"""The control API in JSON: old names (v1.12.2) and new ones (v1.16.0, v1.17.0) become one value here alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from audio_rtsp.server.path import PathState


class UnexpectedJson(Exception):
    """JSON that is not what the server's version promises; names the spot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list, and how many there are."""

    paths: tuple[PathState, ...]
    pages: int


def parse_page(text: bytes) -> Page:
    """Read the answer of ``/v3/paths/list``; raises UnexpectedJson."""
    whole = _object(text)
    items = _list(whole, "items", "")
    paths = tuple(parse_path(item, f"items[{index}]") for index, item in enumerate(items))
    return Page(paths=paths, pages=_number(whole, ("pageCount",), ""))


def parse_rtsp_readers(text: bytes) -> tuple[str, ...]:
    """Ids of the RTSP sessions in an answer of ``/v3/paths/get``; raises UnexpectedJson."""
    readers = _list(_object(text), "readers", "")
    return tuple(
        _text(reader, ("id",), f"readers[{index}]")
        for index, reader in enumerate(readers)
        if isinstance(reader, dict) and reader.get("type") == "rtspSession"
    )


def _object(text: bytes) -> dict[str, object]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnexpectedJson(f"not JSON: {error}") from None
    if not isinstance(whole, dict):
        raise UnexpectedJson(f"expected an object, got {_kind(whole)}")
    return whole


def parse_path(item: object, spot: str) -> PathState:
    """Read one path object; *spot* is where it stands, for the error."""
    if not isinstance(item, dict):
        raise UnexpectedJson(f"{spot}: expected an object, got {_kind(item)}")
    return PathState(
        name=_text(item, ("name",), spot),
        is_online=_bool(item, ("online", "ready"), spot),
        since=_text(item, ("onlineTime", "readyTime"), spot),
        inbound_bytes=_number(item, ("inboundBytes", "bytesReceived"), spot),
        readers=len(_list(item, "readers", spot)),
    )


def _first(item: Mapping[str, object], keys: tuple[str, ...]) -> tuple[str, object]:
    return next(((key, item[key]) for key in keys if item.get(key) is not None), (keys[0], None))


def _text(item: Mapping[str, object], keys: tuple[str, ...], spot: str) -> str:
    key, value = _first(item, keys)
    if value is None and key != "name":
        return ""
    if not isinstance(value, str):
        raise UnexpectedJson(f"{spot}.{key}: expected text, got {_kind(value)}")
    return value


def _bool(item: Mapping[str, object], keys: tuple[str, ...], spot: str) -> bool:
    key, value = _first(item, keys)
    if not isinstance(value, bool):
        raise UnexpectedJson(f"{spot}.{key}: expected true or false, got {_kind(value)}")
    return value


def _number(item: Mapping[str, object], keys: tuple[str, ...], spot: str) -> int:
    key, value = _first(item, keys)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnexpectedJson(f"{spot}.{key}: expected a number, got {_kind(value)}".lstrip("."))
    return value


def _list(item: Mapping[str, object], key: str, spot: str) -> list[object]:
    value = item.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnexpectedJson(f"{spot}.{key}: expected a list, got {_kind(value)}".lstrip("."))
    return value


def _kind(value: object) -> str:
    names = {
        "NoneType": "null",
        "str": "text",
        "dict": "an object",
        "list": "a list",
        "int": "a number",
        "float": "a number",
    }
    return names.get(type(value).__name__, type(value).__name__)
