"""What is said about a line of ``mediamtx.yml``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence; *line* counts from 1, 0 = no line in particular."""

    line: int
    says: str


class Refused(Exception):
    """The file cannot be used; the last good one stays in force."""

    def __init__(self, line: int, says: str) -> None:
        super().__init__(says)
        self.remark = Remark(line, says)
