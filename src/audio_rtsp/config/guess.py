"""What a misspelt word was meant to be."""

from __future__ import annotations

from functools import lru_cache

LIKENESS = 0.75
LONGEST = 64


@lru_cache(maxsize=256)
def nearest(word: str, words: tuple[str, ...]) -> str | None:
    """The one of the upper-case *words* that is most like *word*, None when none is."""
    from difflib import get_close_matches

    found = get_close_matches(word.upper().replace("-", "_")[:LONGEST], words, n=1, cutoff=LIKENESS)
    return found[0] if found else None


def did_you_mean(word: str, words: tuple[str, ...]) -> str:
    """The end of a complaint about an unknown *word*."""
    guess = nearest(word, words)
    return f"; did you mean {guess}?" if guess else ""
