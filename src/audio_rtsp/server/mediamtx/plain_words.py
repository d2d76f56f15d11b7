"""What the server says of a configuration (v1.12.2 to v1.20.1), in an owner's words."""

from __future__ import annotations

import re

LONGEST = 200
"""Characters; v1.12.2 may tell the layout of its own memory."""
UNFIT = re.compile(r"json: cannot unmarshal (\w+) into Go (?:value|struct field \S+) of type (\S+)")
UNKNOWN = re.compile(r'json: unknown field ".*"')
FOUND = {"string": "text", "number": "a number", "bool": "true or false", "array": "a list", "object": "indented lines"}
TAKES = (
    (re.compile("bool"), "true or false"),
    (re.compile("u?int|float"), "a number"),
    (re.compile("string"), "text: put it in quotes; a time has a unit, as in 10s"),
    (re.compile(r"map\[|struct"), "lines of its own below it, indented"),
    (re.compile(r"\[\]|conf\."), "a list, such as [one, other]"),
)


def plain(says: str) -> str:
    """The same, shorter, with what to write instead where that is known."""
    if unfit := UNFIT.match(says):
        takes = next((text for kind, text in TAKES if kind.match(unfit[2])), "something else")
        return f"{FOUND.get(unfit[1], unfit[1])} stands here; it takes {takes}"
    if "cannot set slice to nil" in says:
        return "nothing stands here; it takes a list, and [] for none"
    if UNKNOWN.fullmatch(says):
        return f"{says.removeprefix('json: ')}: misspelt, indented wrongly, or not of this version"
    return says if len(says) <= LONGEST else f"{says[:LONGEST]} ..."
