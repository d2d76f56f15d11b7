"""The name under which a device is published, ``[a-z0-9][a-z0-9_-]{0,62}``.

The owner's map decides; then the name we gave earlier; then a fresh default that nothing present or absent has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from audio_rtsp.alsa.port import natural
from audio_rtsp.stream_name import MAX_LENGTH, NOT_STREAMS, RULE, is_stream_name

_LAST_RESORT = "microphone"
_WHOLE = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"})
"""Letters that Unicode does not take apart; the first is in every RØDE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nameable:
    """What a name is made of; ``is_further`` PCMs of a card get ``-pcm<N>``."""

    identity: str
    product: str
    card_id: str
    port: str = ""
    pcm: int = 0
    is_further: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """``names`` by identity; ``given`` is what to remember; ``complaints`` by entry of the owner's map; ``unseen`` are
    its entries without a device."""

    names: Mapping[str, str]
    given: Mapping[str, str]
    complaints: Mapping[str, str] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()


def default_slug(product: str, card_id: str) -> str:
    """``Mikrofon “Größe” 日本`` becomes ``mikrofon-grosse``; the card id serves where nothing is left."""
    slug = _slug(product) or _slug(card_id) or _LAST_RESORT
    return f"{slug}-mic" if slug in NOT_STREAMS else slug


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_WHOLE))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9_]+", "-", letters).strip("-_")[:MAX_LENGTH].rstrip("-_")


def assign_names(
    devices: Sequence[Nameable],
    owner: Mapping[str, str],
    given: Mapping[str, str],
    known: Collection[str] = (),
) -> Naming:
    """Name every device. ``known`` are identities of absent devices: an entry with such a key is not a short form."""
    wished = _owner_wishes(devices, owner, {*known, *given})
    remembered = {key: name for key, name in given.items() if is_stream_name(name)}
    names = _with_earlier_names(wished.names, devices, remembered)
    nameless = [one for one in devices if one.identity not in names]
    fresh = _fresh_names(nameless, {*names.values(), *owner.values(), *remembered.values()})
    return Naming(
        names={**names, **fresh},
        given={**remembered, **fresh},
        complaints=wished.complaints,
        unseen=tuple(key for key in owner if key not in wished.met),
    )


def _with_earlier_names(
    wished: Mapping[str, str], devices: Iterable[Nameable], remembered: Mapping[str, str]
) -> dict[str, str]:
    names = dict(wished)
    for device in sorted(devices, key=_naming_order):
        earlier = remembered.get(device.identity)
        if device.identity not in names and earlier and earlier not in names.values():
            names[device.identity] = earlier
    return names


@dataclass(slots=True)
class _Wishes:
    names: dict[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    complaints: dict[str, str] = field(default_factory=dict)

    def grant(self, key: str, name: str, identity: str) -> None:
        self.met.add(key)
        holder = next((other for other, used in self.names.items() if used == name), None)
        if not is_stream_name(name):
            self.complaints[key] = f"{name!r} is no stream name: use {RULE}; ignored"
        elif holder is not None:
            self.complaints[key] = f"{name} is the name of {holder} already; ignored"
        else:
            self.names[identity] = name


def _owner_wishes(devices: Iterable[Nameable], owner: Mapping[str, str], known: set[str]) -> _Wishes:
    """Whole keys first, then the short forms, each in the order of the map."""
    wishes = _Wishes()
    identities = [one.identity for one in devices]
    for key, name in owner.items():
        if key in identities:
            wishes.grant(key, name, key)
    for key, name in owner.items():
        if key not in identities and key not in known:
            _grant_short_form(wishes, key, name, fitting(key, identities))
    return wishes


def _grant_short_form(wishes: _Wishes, key: str, name: str, fits: Sequence[str]) -> None:
    if len(fits) > 1:
        wishes.met.add(key)
        whole = ", ".join(sorted(fits))
        wishes.complaints[key] = f"{key} fits {len(fits)} devices ({whole}); ignored, write a whole id"
    elif fits and fits[0] not in wishes.names:
        wishes.grant(key, name, fits[0])


def fitting(short: str, identities: Iterable[str]) -> tuple[str, ...]:
    """The devices that a short form may mean: it is what they begin with, up to a ``_``; further PCMs do not count."""
    fits = [identity for identity in identities if short and identity.startswith(f"{short}_")]
    return tuple(one for one in fits if not any(_is_further(one, other) for other in fits))


def _is_further(identity: str, first: str) -> bool:
    return (
        identity != first
        and identity.startswith(first)
        and re.fullmatch(r"(_if\d+)?(_pcm\d+)?", identity[len(first) :]) is not None
    )


def _naming_order(device: Nameable) -> tuple[object, ...]:
    return natural(device.port), natural(device.identity)


def _fresh_names(devices: Iterable[Nameable], taken: set[str]) -> dict[str, str]:
    fresh: dict[str, str] = {}
    for device in sorted(devices, key=_naming_order):
        fresh[device.identity] = _free_name(device, {*taken, *fresh.values()})
    return fresh


def _free_name(device: Nameable, taken: set[str]) -> str:
    stem = default_slug(device.product, device.card_id)
    pcm = f"-pcm{device.pcm}" if device.is_further else ""
    endings = (f"-{number}{pcm}" if number > 1 else pcm for number in count(1))
    wishes = (stem[: MAX_LENGTH - len(ending)].rstrip("-_") + ending for ending in endings)
    return next(name for name in wishes if name not in taken)
