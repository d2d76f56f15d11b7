"""AUDIO_CAPTURE_VOLUME: the commands that set a card's own capture volume. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEAD = re.compile(r"Simple mixer control '(.*)',(\d+)")
_CAPABILITIES = "Capabilities:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A simple control of a mixer, with amixer's words for what it can do."""

    name: str
    index: int
    capabilities: frozenset[str]

    @property
    def has_capture_volume(self) -> bool:
        """Whether it has a volume of its own for capture; a boost is 30 dB of noise in one step, not a volume."""
        return "cvolume" in self.capabilities and "Boost" not in self.name

    @property
    def has_common_volume(self) -> bool:
        """Whether one volume serves playback and capture, and capture can be switched on."""
        return "volume" in self.capabilities and self.has_switch

    @property
    def has_switch(self) -> bool:
        """Whether capture can be switched on without taking it from another input."""
        return "cswitch" in self.capabilities and "cswitch-exclusive" not in self.capabilities


def scontents_argv(card_id: str) -> tuple[str, ...]:
    """Prints all controls of a card; LC_ALL=C."""
    return ("amixer", "-c", card_id, "scontents")


def parse_controls(text: str) -> tuple[Control, ...]:
    """Read ``amixer scontents``."""
    controls = []
    head = None
    for line in map(str.strip, text.splitlines()):
        head = _HEAD.fullmatch(line) or head
        if head and line.startswith(_CAPABILITIES):
            words = frozenset(line.removeprefix(_CAPABILITIES).split())
            controls.append(Control(name=head[1], index=int(head[2]), capabilities=words))
            head = None
    return tuple(controls)


def choose_controls(controls: Sequence[Control]) -> tuple[Control, ...]:
    """Those that a capture volume is set by.

    Every capture volume; else, on mixers with one volume for both ways, the microphone's (switching on all inputs
    would mix in the CD and our own playback); else a microphone's bare switch.
    """
    own = tuple(one for one in controls if one.has_capture_volume)
    common = [one for one in controls if one.has_common_volume]
    bare = [one for one in controls if one.has_switch and "volume" not in one.capabilities]
    return own or _microphones(common) or _microphones(bare)


def mixer_commands(text: str, card_id: str, percent: int) -> tuple[tuple[str, ...], ...]:
    """The commands that set and unmute; *text* is what :func:`scontents_argv` prints. Empty when there is nothing."""
    return tuple(
        ("amixer", "-q", "-c", card_id, "sset", _simple_id(one), *_settings(one, percent))
        for one in choose_controls(parse_controls(text))
    )


def mixer_complaint(text: str) -> str:
    """What the owner must know of this card's mixer; empty when it has a capture volume."""
    chosen = choose_controls(parse_controls(text))
    if not chosen:
        return "the card has no mixer for its capture volume: AUDIO_CAPTURE_VOLUME has no effect"
    if not any(one.has_capture_volume or one.has_common_volume for one in chosen):
        return "the card's mixer has a switch but no capture volume: AUDIO_CAPTURE_VOLUME only unmutes it"
    return ""


def _microphones(controls: Sequence[Control]) -> tuple[Control, ...]:
    named = tuple(one for one in controls if {"Mic", "Microphone", "Capture"} & set(one.name.split()))
    return named or (tuple(controls) if len(controls) == 1 else ())


def _settings(control: Control, percent: int) -> tuple[str, ...]:
    """``capture`` keeps a headset's sidetone as it is: without it amixer sets the playback volume too."""
    way = ("capture",) if control.has_capture_volume and "pvolume" in control.capabilities else ()
    has_volume = control.has_capture_volume or control.has_common_volume
    return (*way, *((f"{percent}%",) if has_volume else ()), *(("cap",) if control.has_switch else ()))


def _simple_id(control: Control) -> str:
    """amixer ends a name at the first comma, unless it stands in quotes."""
    quote = ("'" if '"' in control.name else '"') if set(control.name) & set(",'\"") else ""
    return f"{quote}{control.name}{quote},{control.index}"
