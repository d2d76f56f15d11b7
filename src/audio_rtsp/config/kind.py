"""The kinds of value that settings have: text to value, value to text, and the words for both."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?", re.ASCII)
SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
THOUSANDS = {"": 1, "k": 1_000, "m": 1_000_000}
CREDENTIAL = re.compile(r"[A-Za-z0-9!$()*+.;<=>\[\]^_{}@#&-]*")
"""What MediaMTX takes as a plain user or password (v1.12.2 to v1.20.1, internal/conf)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind(Generic[T]):
    """How values of one kind are read and written."""

    parse: Callable[[str], T]
    render: Callable[[T], str]
    takes: str
    unit: str = ""


def whole(low: int, high: int, unit: str = "") -> Kind[int]:
    """A whole number; ``k`` behind it means thousand."""
    takes = f"a whole number from {low} to {high}"

    def parse(text: str) -> int:
        number = _scaled(text, {"": 1, "k": 1_000}, takes)
        if number != int(number) or not low <= number <= high:
            raise ValueError(f"takes {takes}")
        return int(number)

    return Kind(parse=parse, render=str, takes=takes, unit=unit)


def percent(low: int, high: int, unit: str) -> Kind[float]:
    """A number, with or without the percent sign."""
    takes = f"a number from {low} to {high}"

    def parse(text: str) -> float:
        return _within(_scaled(text, {"": 1.0, "%": 1.0}, takes), low, high, takes)

    return Kind(parse=parse, render=render_number, takes=takes, unit=unit)


def seconds(low: float, high: int, *, zero: str = "") -> Kind[float]:
    """Seconds, or a number with ms, s, m, h or d behind it; *zero* says what 0 means where it is allowed."""
    takes = f"{f'0 ({zero}), or ' if zero else ''}{render_number(low)} to {high}; also 90s, 5m, 24h, 1d"

    def parse(text: str) -> float:
        value = round(_scaled(text, SECONDS, takes), 3)
        return value if zero and value == 0 else _within(value, low, high, takes)

    return Kind(parse=parse, render=render_number, takes=takes, unit="seconds")


def bitrate(low: int, high: int) -> Kind[int]:
    """Bits per second, written as ``192k``, ``192000`` or ``0.192M``."""
    takes = f"{low // 1000}k to {high // 1000}k, such as 192k"

    def parse(text: str) -> int:
        value = round(_scaled(text, THOUSANDS, takes))
        if low // 1000 <= value <= high // 1000:
            raise ValueError(f"takes {takes}; did you mean {value}k?")
        return round(_within(value, low, high, takes))

    return Kind(parse=parse, render=_render_bitrate, takes=takes, unit="bit/s")


def switch() -> Kind[bool]:
    """True or false; yes, on and 1 are understood too."""
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    return named(words, "true or false", lambda value: "true" if value else "false")


def choice(words: type[E]) -> Kind[E]:
    """One of a few words."""
    return named({str(word): word for word in words}, "one of " + ", ".join(words))


def named(values: Mapping[str, T], takes: str, render: Callable[[T], str] = str) -> Kind[T]:
    """One of a few values, each by its names in lower case; some have more than one."""

    def parse(text: str) -> T:
        if text.lower() not in values:
            raise ValueError(f"takes {takes}")
        return values[text.lower()]

    return Kind(parse=parse, render=render, takes=takes)


def numbered(words: tuple[str, ...], high: int, takes: str) -> Kind[str]:
    """One of *words*, or a number from 1 to *high*; kept as text."""

    def parse(text: str) -> str:
        if text.lower() in words:
            return text.lower()
        return str(round(_within(_scaled(text, {"": 1}, takes), 1, high, takes, step=1)))

    return Kind(parse=parse, render=str, takes=takes)


def keep_or_percent() -> Kind[int | None]:
    """A level in percent, or None: leave it as it is."""
    takes = "keep, or a percentage from 0 to 100"

    def parse(text: str) -> int | None:
        if text.lower() == "keep":
            return None
        return round(_within(_scaled(text, {"": 1, "%": 1}, takes), 0, 100, takes, step=1))

    return Kind(parse=parse, render=lambda value: "keep" if value is None else str(value), takes=takes, unit="percent")


def line(takes: str) -> Kind[str]:
    """Any text on one line."""
    return _matching(lambda text: text.isprintable(), takes)


def credential(takes: str) -> Kind[str]:
    """A user's name or password that every version of the server takes; empty for none."""
    return _matching(lambda text: CREDENTIAL.fullmatch(text) is not None, takes)


def address(takes: str, *, optional: bool) -> Kind[str]:
    """An http or https URL."""
    pattern = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
    return _matching(lambda text: (optional and not text) or pattern.fullmatch(text) is not None, takes)


def program(takes: str) -> Kind[str]:
    """The whole path of a program; empty for none."""
    return _matching(lambda text: not text or (text.startswith("/") and text.isprintable()), takes)


def folder() -> Kind[Path]:
    """The whole path of a directory."""
    takes = "a whole path, such as /var/log/audio-rtsp"

    def parse(text: str) -> Path:
        if not text.startswith("/") or not text.isprintable():
            raise ValueError(f"takes {takes}")
        return Path(text)

    return Kind(parse=parse, render=str, takes=takes)


def render_number(value: float) -> str:
    """The shortest text without a needless point."""
    return str(int(value)) if value == int(value) else repr(value)


def _matching(accepts: Callable[[str], bool], takes: str) -> Kind[str]:
    def parse(text: str) -> str:
        if not accepts(text):
            raise ValueError(f"takes {takes}")
        return text

    return Kind(parse=parse, render=str, takes=takes)


def _render_bitrate(value: int) -> str:
    return f"{value // 1000}k" if value % 1000 == 0 else str(value)


def _scaled(text: str, units: dict[str, float] | dict[str, int], takes: str) -> float:
    number = NUMBER.match(text)
    unit = text[number.end() :].strip().lower() if number else ""
    if number is None or unit not in units:
        raise ValueError(f"takes {takes}")
    return float(number.group()) * units[unit]


def _within(value: float, low: float, high: float, takes: str, *, step: int = 0) -> float:
    if not low <= value <= high or (step and value % step):
        raise ValueError(f"takes {takes}")
    return value
