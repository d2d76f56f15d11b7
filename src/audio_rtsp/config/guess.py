"""What a misspelt key was meant to be."""

from __future__ import annotations

from functools import lru_cache

from audio_rtsp.config.settings import BY_KEY

LIKENESS = 0.75
LONGEST = 64


@lru_cache(maxsize=256)
def nearest(word: str) -> str | None:
    """The key that is most like *word*, None when none is."""
    from difflib import get_close_matches

    found = get_close_matches(word.upper().replace("-", "_")[:LONGEST], BY_KEY, n=1, cutoff=LIKENESS)
    return found[0] if found else None


def did_you_mean(word: str) -> str:
    """The end of a complaint about an unknown *word*."""
    guess = nearest(word)
    return f"; did you mean {guess}?" if guess else ""
