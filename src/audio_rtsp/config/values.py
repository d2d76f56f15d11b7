"""The values in force, each with where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, cast

from audio_rtsp.config.setting import Setting
from audio_rtsp.config.settings import ALL

T = TypeVar("T")


class OriginKind(StrEnum):
    """Who said so, the weakest first."""

    DEFAULT = "default"
    FILE = "file"
    DEVICE_FILE = "device file"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value came from; ``where`` is such as ``config:7``, ``AUDIO_RTSP_AUDIO_CODEC`` or ``--audio-codec``."""

    kind: OriginKind
    where: str


DEFAULT = Origin(kind=OriginKind.DEFAULT, where="default")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One value that somebody gave."""

    value: object
    origin: Origin


Layer = Mapping[str, Given]
"""What one place gave, by key."""


class Values:
    """Immutable; equal when every setting has the same value, wherever it came from."""

    __slots__ = ("_given",)

    def __init__(self, *layers: Layer) -> None:
        """Later layers win; without any, all settings have their defaults."""
        self._given: dict[str, Given] = {key: given for layer in layers for key, given in layer.items()}

    def __getitem__(self, setting: Setting[T]) -> T:
        given = self._given.get(setting.key)
        return setting.default if given is None else cast(T, given.value)

    def origin(self, setting: Setting[Any]) -> Origin:
        """Where the value came from."""
        given = self._given.get(setting.key)
        return DEFAULT if given is None else given.origin

    def text(self, setting: Setting[Any]) -> str:
        """The value as a file would hold it."""
        return setting.render(self[setting])

    def _all(self) -> tuple[object, ...]:
        return tuple(self[setting] for setting in ALL)

    def __eq__(self, other: object) -> bool:
        return self._all() == other._all() if isinstance(other, Values) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        given = (f"{key}={'****' if secret else text}" for key, text, secret in self._shown())
        return f"Values({', '.join(given)})"

    def _shown(self) -> tuple[tuple[str, str, bool], ...]:
        return tuple((setting.key, self.text(setting), setting.secret) for setting in ALL if setting.key in self._given)
