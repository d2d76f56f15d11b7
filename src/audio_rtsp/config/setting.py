"""One setting as it is declared: its key, its default and how its text is read and written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Scope(StrEnum):
    """Where a setting may stand: SERVICE in the global file only, STREAM in a device file too."""

    SERVICE = "service"
    STREAM = "stream"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting(Generic[T]):
    """``parse`` raises ValueError whose text says what the setting takes; ``render`` is its inverse."""

    key: str
    default: T
    parse: Callable[[str], T]
    render: Callable[[T], str]
    takes: str
    unit: str
    help: str
    scope: Scope
    group: str
    secret: bool = False

    @property
    def default_text(self) -> str:
        """The default as the file holds it."""
        return self.render(self.default)

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"AUDIO_RTSP_{self.key}"

    @property
    def option(self) -> str:
        """The option of ``audio-rtsp run`` that sets it."""
        return "--" + self.key.lower().replace("_", "-")
