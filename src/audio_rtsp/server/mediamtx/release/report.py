"""What ``mediamtx check`` found, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass

UP_TO_DATE, UPDATE_AVAILABLE, SOMETHING_WRONG = 0, 6, 7
"""Exit statuses of ``mediamtx check``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Each text is one sentence's end; "" = nothing to say. *age* in seconds, None = asked just now."""

    folder: str
    userland: str
    installed: str | None = None
    is_unknown_build: bool = False
    installed_checksum: str = ""
    previous: str | None = None
    newest: str = ""
    age: float | None = None
    wanted: str = ""
    """The version that the lines below are about: the newest, or the one that was asked for."""
    url: str = ""
    checksum: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    """What to do about notes and problems."""
    has_update: bool = False

    @property
    def exit_code(self) -> int:
        """Something wrong outweighs an update."""
        return SOMETHING_WRONG if self.problems else UPDATE_AVAILABLE if self.has_update else UP_TO_DATE

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        result = {0: "up to date", UPDATE_AVAILABLE: "update available", SOMETHING_WRONG: "error"}[self.exit_code]
        return {
            "result": result,
            "installed": self.installed,
            "unknown_build": self.is_unknown_build,
            "installed_checksum": self.installed_checksum or None,
            "previous": self.previous,
            "newest": self.newest or None,
            "answer_age_seconds": None if self.age is None else round(self.age),
            "checked": self.wanted or None,
            "architecture": self.userland,
            "url": self.url or None,
            "checksum": self.checksum or None,
            "folder": self.folder,
            "notes": list(self.notes),
            "problems": list(self.problems),
            "fixes": list(self.fixes),
        }

    def rows(self) -> list[tuple[str, str]]:
        """The same for people: what, and how it stands."""
        unknown = " (an unknown build: nothing is known of what is in it)" if self.is_unknown_build else ""
        rows = [
            ("installed", f"{self.installed or 'nothing'}{unknown}"),
            ("its checksum", self.installed_checksum),
            ("previous", self.previous or ""),
            ("newest", f"{self.newest}{render_age(self.age)}" if self.newest else ""),
            ("this machine", self.userland),
            (f"file of {self.wanted}", self.url),
            ("checksum", self.checksum),
            *(("note", note) for note in self.notes),
            *(("WRONG", problem) for problem in self.problems),
            *(("to mend it", fix) for fix in self.fixes),
        ]
        return [(name, text) for name, text in rows if text]


def render_age(age: float | None) -> str:
    """How old an answer is, when it is not new."""
    if age is None:
        return ""
    minutes = round(age / 60)
    shown = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
    return f" (the answer of {shown} ago)"
