"""A chain of filters read as ffmpeg itself reads it: quotes and backslashes are taken off twice.

libavfilter/graphparser.c splits the chain, libavutil/opt.c the arguments of a filter, and libavutil/avstring.c
(av_get_token) unquotes for both. A look at the text alone is fooled: ``s\\tats_file`` *is* stats_file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BLANKS = " \n\t\r"
KEY = re.compile(rf"[{BLANKS}]*([A-Za-z0-9_/.-]*)[{BLANKS}]*=")


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its name, and its arguments as (key, value); the key is empty where only the place tells it."""

    name: str
    arguments: tuple[tuple[str, str], ...]


def parse_chain(text: str) -> tuple[Filter, ...]:
    """The filters of ``NAME=ARGUMENTS,NAME=ARGUMENTS``; raises ValueError for what is not one whole plain chain."""
    found: list[Filter] = []
    rest = text
    while True:
        name, rest = _whole_token(rest, "=,;[")
        arguments = ""
        if rest.startswith("="):
            arguments, rest = _whole_token(rest[1:], "[],;")
        found.append(Filter(name.partition("@")[0], _arguments(arguments)))
        rest = rest.lstrip(BLANKS)
        if not rest:
            return tuple(found)
        if rest[0] != ",":
            raise ValueError("only a plain chain of filters, no [labels] and no second chain")
        rest = rest[1:]


def token(text: str, ends: str) -> tuple[str, str, bool]:
    """Text up to the first of *ends* without its quotes and backslashes, the rest, and whether all quotes closed."""
    kept, place, keep_until, is_whole = "", len(text) - len(text.lstrip(BLANKS)), 0, True
    while place < len(text) and text[place] not in ends:
        character = text[place]
        place += 1
        if character == "\\" and place < len(text):
            kept += text[place]
            place += 1
            keep_until = len(kept)
        elif character == "'":
            end = text.find("'", place)
            is_whole = is_whole and end >= 0
            kept += text[place : end if end >= 0 else None]
            place = end + 1 if end >= 0 else len(text)
            keep_until = len(kept) if end >= 0 else keep_until
        else:
            is_whole = is_whole and character != "\\"
            kept += character
    return kept[:keep_until] + kept[keep_until:].rstrip(BLANKS), text[place:], is_whole


def _whole_token(text: str, ends: str) -> tuple[str, str]:
    value, rest, is_whole = token(text, ends)
    if not is_whole:
        raise ValueError("a quote is not closed, or a backslash stands at the end")
    return value, rest


def _arguments(text: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    while text:
        key = KEY.match(text)
        value, rest, _ = token(text[key.end() :] if key else text, ":")
        found.append((key[1] if key else "", value))
        text = rest[1:]
    return tuple(found)
