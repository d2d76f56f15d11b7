"""KEY=VALUE files, line by line and without loss: what is not changed stays byte for byte.

It looks like shell and is never given to one: no variable is expanded, no line is continued. Bytes that are not
UTF-8 are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KEY = r"[A-Za-z_][A-Za-z0-9_]*"
BYTE_ORDER_MARK = "\ufeff"
BARE = re.compile(r"[A-Za-z0-9_./:,+@%=-]*")
"""Values that need no quotes, here and in a shell."""

DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
SINGLE_QUOTED = re.compile(r"'([^']*)'", re.DOTALL)
TYPOGRAPHIC = "“”„‘’‚«»"
"""Quotes that word processors and telephones write."""
COMMENT = re.compile(r"(?:^|(?<=\s))#")
ESCAPED = re.compile(r'\\(["\\$`])')


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What stands behind ``=``: its text without quotes, and where it stands, quotes included."""

    text: str = ""
    start: int = 0
    end: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line with its ending; ``key`` is empty for comments, blank lines and what is no assignment."""

    number: int
    text: str
    key: str = ""
    value: Value = Value()
    fault: str = ""


def parse_lines(data: bytes, key: str = KEY) -> tuple[Line, ...]:
    """Read all lines; *key* is the pattern of what may stand before ``=``."""
    assignment = re.compile(rf"{BYTE_ORDER_MARK}?\s*(?:export\s+)?(?P<key>{key})\s*=")
    return tuple(_parse_line(number, text, assignment) for number, text in enumerate(split_lines(data), 1))


def split_lines(data: bytes) -> list[str]:
    """The lines with their endings; joined and encoded again they are *data*."""
    parts = decode(data).split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def decode(data: bytes) -> str:
    """Text that `encode` turns into the same bytes again."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes of *text*; raises ValueError for characters that are none."""
    return text.encode("utf-8", "surrogateescape")


def parse_value(text: str, start: int = 0) -> Value:
    """Read one value from *start* to the end of its line: quoted, or bare up to a comment."""
    begin = start + len(text[start:]) - len(text[start:].lstrip())
    if text[begin : begin + 1] in ("'", '"'):
        return _parse_quoted(text, begin)
    comment = COMMENT.search(text, start)
    bare = text[start : comment.start() if comment else len(text)].strip()
    if not bare:
        return Value(start=start, end=start)
    if bare[0] in TYPOGRAPHIC:
        fault = f'the quote {bare[0]} is none that counts here, write " instead'
        return Value(start=begin, end=begin + len(bare), fault=fault)
    return Value(text=bare, start=begin, end=begin + len(bare))


def set_key(data: bytes, key: str, text: str, pattern: str = KEY) -> bytes:
    """Give *key* the value *text* in the line that counts, or in a new last line; raises ValueError for several lines.

    Where the same value stood in more than one line, as in the seed's two tables, all of them change.
    """
    if not re.fullmatch(pattern, key) or re.search(r"[\0\r\n]", text):
        raise ValueError(f"{key} and its value must stand on one line")
    lines = parse_lines(data, pattern)
    mine = [line for line in lines if line.key == key]
    if not mine:
        return append_line(data, f"{key}={render_value(text)}")
    counts = mine[-1]
    return encode("".join(_with_value(line, text) if _is_same(line, counts) else line.text for line in lines))


def append_line(data: bytes, text: str) -> bytes:
    """Add one line at the end, with the line ending that the file has."""
    ending = "\r\n" if b"\r\n" in data else "\n"
    gap = ending if data and not data.endswith(b"\n") else ""
    return data + encode(f"{gap}{text}{ending}")


def render_value(text: str, quote: str = "") -> str:
    """Write *text* so that it is read as it is; *quote* is the kind of quotes to keep where they will do."""
    if quote == "'" and "'" not in text:
        return f"'{text}'"
    if not quote and BARE.fullmatch(text):
        return text
    return '"' + re.sub(r'(["\\$`])', r"\\\1", text) + '"'


def _parse_line(number: int, text: str, assignment: re.Pattern[str]) -> Line:
    content = text.removeprefix(BYTE_ORDER_MARK).strip()
    if not content or content.startswith("#"):
        return Line(number=number, text=text)
    found = assignment.match(text)
    if found is None:
        return Line(number=number, text=text, fault="is not KEY=VALUE")
    value = parse_value(text, found.end())
    return Line(number=number, text=text, key=found["key"], value=value, fault=value.fault)


def _parse_quoted(text: str, begin: int) -> Value:
    found = (DOUBLE_QUOTED if text[begin] == '"' else SINGLE_QUOTED).match(text, begin)
    whole = Value(start=begin, end=begin + len(text[begin:].rstrip()))
    if found is None:
        return Value(start=whole.start, end=whole.end, fault=f"the quote {text[begin]} is never closed")
    rest = text[found.end() :].strip()
    if rest and not rest.startswith("#"):
        return Value(start=whole.start, end=whole.end, fault="text stands behind the closing quote")
    inner = ESCAPED.sub(r"\1", found[1]) if text[begin] == '"' else found[1]
    return Value(text=inner, start=begin, end=found.end())


def _is_same(line: Line, counts: Line) -> bool:
    if line.key != counts.key:
        return False
    return line is counts or (not line.fault and not counts.fault and line.value.text == counts.value.text)


def _with_value(line: Line, text: str) -> str:
    if not line.fault and line.value.text == text:
        return line.text
    value = line.value
    quote = line.text[value.start] if value.end > value.start and line.text[value.start] in "'\"" else ""
    tail = line.text[value.end :]
    gap = " " if tail.startswith("#") else ""
    return line.text[: value.start] + render_value(text, quote) + gap + tail
