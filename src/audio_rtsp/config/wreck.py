"""A file that is no text any more, or no JSON: what it seems to be. Pure."""

from __future__ import annotations

import json

BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def no_text(data: bytes) -> str:
    """Why *data* cannot be edited as text; empty when it can."""
    if data.startswith(BYTE_ORDER_MARKS):
        return "it is UTF-16 text: save it as UTF-8"
    if data and not data.strip(b"\0"):
        return "it holds nothing but zero bytes, as after a power cut"
    if b"\0" in data:
        return "it holds zero bytes and is no text any more, as after a power cut"
    return ""


def parse_json(data: bytes) -> object:
    """Read what we wrote as JSON; raises ValueError that says what it seems to be instead."""
    if fault := no_text(data):
        raise ValueError(fault)
    try:
        return json.loads(data)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ValueError(_no_json(error)) from None
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except ValueError:
        raise ValueError("a number in it is too long") from None


def _no_json(error: json.JSONDecodeError) -> str:
    if not error.doc.strip():
        return "it is empty, as after a power cut"
    if error.msg.startswith("Unterminated") or not error.doc[error.pos :].strip():
        return "it ends in the middle, as after a power cut"
    return f"line {error.lineno}, character {error.colno}: it is no JSON"
