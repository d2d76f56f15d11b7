"""What may be asked, and how an answer looks. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

LONGEST_LINE = 65536


class BadRequest(ValueError):
    """A line that is no request."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and of which stream (empty: of all)."""

    verb: str
    name: str = ""


def parse_request(line: bytes) -> Request:
    """Read ``{"ask": VERB}`` or ``{"ask": VERB, "name": STREAM}``; raises BadRequest."""
    try:
        whole = json.loads(line)
    except (ValueError, RecursionError):
        raise BadRequest("expected one JSON object a line") from None
    verb, name = (whole.get("ask"), whole.get("name", "")) if isinstance(whole, dict) else (None, "")
    if not isinstance(verb, str) or not isinstance(name, str):
        raise BadRequest('expected {"ask": VERB} or {"ask": VERB, "name": STREAM}')
    return Request(verb, name)


def render_request(request: Request) -> bytes:
    """One line."""
    return json.dumps({"ask": request.verb, "name": request.name}).encode() + b"\n"


def render_answer(answer: dict[str, Any]) -> bytes:
    """One line; a byte that is no UTF-8 (in a path) is the escape that Python knows it by."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace") + b"\n"
