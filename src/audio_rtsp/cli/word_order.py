"""Words of a command line in another order than we take them: the order that works. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

WITH_VALUE = ("--root", "--config-dir")
GROUP_OPTIONS = (*WITH_VALUE, "--debug")
"""Options that stand before the verb."""


def reordered(words: Sequence[str], verbs: Collection[str], complaint: str) -> tuple[str, ...]:
    """*words* as they would work, when their order is what *complaint* is about; else nothing.

    Options of the whole program go to the front; a verb behind ``run`` (as in ``./run device list``) stands alone.
    """
    before, after = _split(words)
    if before[-1:] == ("run",) and after and after[0] in verbs and after[0] in complaint:
        return (*before[:-1], *after)
    options, rest = _group_options(after)
    if not any(option in complaint for option in GROUP_OPTIONS) or not options:
        return ()
    return (*options, *before, *rest)


def typed_options(words: Sequence[str]) -> tuple[str, ...]:
    """The options of the whole program that stand before the verb, with their values."""
    return _group_options(_split(words)[0])[0]


def _split(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Up to the verb with it, and what stands behind it."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in WITH_VALUE else 1
    return tuple(words[: at + 1]), tuple(words[at + 1 :])


def _group_options(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The options of the whole program among *words*, with their values; and the others."""
    options: list[str] = []
    rest: list[str] = []
    left = iter(words)
    for word in left:
        if word in WITH_VALUE:
            options += [word, next(left, "DIR")]
        else:
            (options if word.split("=")[0] in GROUP_OPTIONS else rest).append(word)
    return tuple(options), tuple(rest)
