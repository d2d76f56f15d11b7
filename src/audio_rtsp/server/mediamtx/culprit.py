"""Where in a configuration is what the server does not like? It names a word at best, never a line.

It is asked about the first lines alone, more or fewer of them, until it is clear which one makes it complain.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial

from audio_rtsp.server.mediamtx.document import Document

Says = Callable[[str], str]
"""What the server says of a text; empty = it takes it."""
Place = tuple[str, ...]


def find_culprit(text: str, complaint: str, says: Says) -> Place:
    """The keys that lead to what first makes the server say *complaint*; empty when nothing in particular does."""
    place: Place = ()
    while names := Document(text).own_keys(*place):
        first = partial(_with_first, text, place, names)
        count = bisect_left(range(len(names)), True, key=lambda count: says(first(count)) == complaint)
        if count == 0:
            break
        place, text = (*place, names[count - 1]), first(count)
    return place


def _with_first(text: str, place: Place, names: Sequence[str], count: int) -> str:
    document = Document(text)
    for name in names[count:]:
        document.remove(*place, name)
    return document.render()
