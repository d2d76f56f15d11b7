"""The key of a capture PCM, the same whatever number, id or order the cards have.

``usb_audio_<vid><pid>_<serial>``; without a credible serial, or with one that two devices share, ``…_at_<port>``.
Other cards: their bus path. A second card of one USB device ends in ``_if<N>``, a further PCM of a card in ``_pcm<N>``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby

from audio_rtsp.alsa.memory import Memory, meet
from audio_rtsp.alsa.port import natural
from audio_rtsp.alsa.quirks import is_fake_serial

_MAX_SERIAL = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbDevice:
    """Serial None: not known (no /sys); empty: the device has none."""

    vid: str
    pid: str
    serial: str | None = None
    product: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPcm:
    """One capture PCM as far as its identity goes; ``port`` as udev's ID_PATH, without interface and bus number."""

    card_index: int
    card_id: str
    pcm: int
    bus: str = ""
    port: str = ""
    usb: UsbDevice | None = None
    interface: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedPcm:
    """``is_further``: not the first capture PCM of its USB device or card."""

    identity: str
    is_further: bool
    found: FoundPcm


def identify(found: Sequence[FoundPcm], memory: Memory) -> tuple[tuple[IdentifiedPcm, ...], Memory]:
    """Give every PCM its key, in the order of the keys; neither the order of ``found`` nor its card numbers matter."""
    placed = [(one, _class_of(one, memory)) for one in found]
    for usb_class, ports in _ports_by_class(placed):
        memory = meet(memory, usb_class, ports)
    return _distinct(_suffixed((_base_key(one, usb_class, memory), one) for one, usb_class in placed)), memory


def credible_serial(usb: UsbDevice) -> str:
    """The serial in letters of a key; empty when it cannot tell two devices apart."""
    serial = re.sub(r"[^A-Za-z0-9_.-]", "_", (usb.serial or "").strip())[:_MAX_SERIAL]
    return "" if is_fake_serial(serial, usb.vid, usb.pid) or len(set(serial)) < 2 else serial


def _class_of(one: FoundPcm, memory: Memory) -> str:
    """Empty for what is not USB. With /sys out of reach, the device that was last at this port stands for itself."""
    if one.usb is None:
        return ""
    make = f"{one.usb.vid}:{one.usb.pid}:"
    if one.usb.serial is None and one.port:
        here = sorted(old.usb_class for old in memory.known if old.port == one.port and old.usb_class.startswith(make))
        return here[-1] if here else make
    return make + credible_serial(one.usb)


def _ports_by_class(placed: Iterable[tuple[FoundPcm, str]]) -> list[tuple[str, list[str]]]:
    places = {(usb_class, one.port) for one, usb_class in placed if usb_class}
    ordered = sorted(places, key=lambda place: (place[0], natural(place[1])))
    return [(name, [port for _, port in group]) for name, group in groupby(ordered, key=lambda place: place[0])]


def _base_key(one: FoundPcm, usb_class: str, memory: Memory) -> str:
    remembered = memory.at(usb_class, one.port) if usb_class else None
    key = remembered.key if remembered else one.port or f"card_{one.card_id}"
    return re.sub(r"[^A-Za-z0-9_.:,@+-]", "_", key)


def _suffixed(based: Iterable[tuple[str, FoundPcm]]) -> Iterator[IdentifiedPcm]:
    for base, device in groupby(sorted(based, key=_order), key=lambda pair: pair[0]):
        pcms = [one for _, one in device]
        first_of_card = {one.card_index: one.pcm for one in reversed(pcms)}
        for one in pcms:
            further = f"_pcm{one.pcm}" if one.pcm != first_of_card[one.card_index] else ""
            suffix = _interface_suffix(one, pcms[0]) + further
            yield IdentifiedPcm(identity=base + suffix, is_further=bool(suffix), found=one)


def _order(pair: tuple[str, FoundPcm]) -> tuple[str, int, str, int, int]:
    base, one = pair
    return base, one.interface or 0, one.card_id, one.card_index, one.pcm


def _interface_suffix(one: FoundPcm, first: FoundPcm) -> str:
    return f"_if{one.interface}" if one.interface != first.interface and one.card_index != first.card_index else ""


def _distinct(keyed: Iterable[IdentifiedPcm]) -> tuple[IdentifiedPcm, ...]:
    """Two of one key (two cards behind one bus path) become ``KEY`` and ``KEY_2``."""
    wished = list(keyed)
    taken = {one.identity for one in wished}
    met: Counter[str] = Counter()
    result = []
    for one in wished:
        met[one.identity] += 1
        result.append(one if met[one.identity] == 1 else _renamed(one, taken))
    return tuple(sorted(result, key=lambda one: natural(one.identity)))


def _renamed(one: IdentifiedPcm, taken: set[str]) -> IdentifiedPcm:
    key = next(new for number in count(2) if (new := f"{one.identity}_{number}") not in taken)
    taken.add(key)
    return IdentifiedPcm(identity=key, is_further=one.is_further, found=one.found)
