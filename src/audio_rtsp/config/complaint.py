"""What is wrong with what the owner wrote: where, what, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line; ``where`` is ``FILE:LINE``, a variable's name or an option's."""

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


def quoted(text: str) -> str:
    """The owner's words on one line, whatever bytes they hold."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return f"'{shown[:LONGEST_QUOTE]}{'…' if len(shown) > LONGEST_QUOTE else ''}'"
