"""What may be asked, and how an answer looks. Pure."""

from __future__ import annotations

import json
from typing import Any

LONGEST_LINE = 65536


class BadRequest(ValueError):
    """A line that is no request."""


def parse_request(line: bytes) -> str:
    """The verb of ``{"ask": VERB}``; raises BadRequest."""
    try:
        whole = json.loads(line)
    except (ValueError, RecursionError):
        raise BadRequest("expected one JSON object a line") from None
    verb = whole.get("ask") if isinstance(whole, dict) else None
    if not isinstance(verb, str):
        raise BadRequest('expected {"ask": VERB}')
    return verb


def render_request(verb: str) -> bytes:
    """One line."""
    return json.dumps({"ask": verb}).encode() + b"\n"


def render_answer(answer: dict[str, Any]) -> bytes:
    """One line."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
