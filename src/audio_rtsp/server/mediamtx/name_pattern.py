"""Regular expressions over path names in RE2's syntax, which has no look-ahead: all names but some.

A finite set's complement is regular, so it can be spelt out letter by letter: nothing else tells the server
"everybody may read all paths but these", with room for paths that nobody has thought of yet.
"""

from __future__ import annotations

import re
from collections.abc import Collection


def all_but(names: Collection[str]) -> str:
    """An anchored pattern that every path name fits but *names*."""
    return f"^{_others(frozenset(names))}$"


def _others(words: frozenset[str]) -> str:
    """All texts that are none of *words*."""
    firsts = sorted({word[0] for word in words if word})
    if not firsts:
        return ".+" if "" in words else ".*"
    rests = {first: frozenset(word[1:] for word in words if word[:1] == first) for first in firsts}
    branches = [_letter(first) + _others(rest) for first, rest in rests.items()]
    other = "[^" + "".join(map(_letter, firsts)) + "].*"
    nothing = () if "" in words else ("",)
    return f"(?:{'|'.join((other, *branches, *nothing))})"


def _letter(letter: str) -> str:
    return re.escape(letter)
