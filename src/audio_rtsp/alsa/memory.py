"""Which key each USB device had at its last port, so that keys do not flip.

A *class* (``1209:0003:SERIAL``, the serial empty when not credible) is what cannot be told apart but by its port.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One USB device, by its key without ``_if`` and ``_pcm``.

    ``former_port`` is set when the device turned up elsewhere after a restart. Should a twin appear at the former port
    in the same run, then nothing moved, the cards only came one by one, and the key goes back there.
    """

    key: str
    usb_class: str
    port: str
    former_port: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """``clashed``: classes that had twins once. ``seen``: keys met in this run of the program; not kept over it."""

    known: tuple[Remembered, ...] = ()
    clashed: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()

    def at(self, usb_class: str, port: str) -> Remembered | None:
        return next((one for one in self.known if (one.usb_class, one.port) == (usb_class, port)), None)

    def of_class(self, usb_class: str) -> tuple[Remembered, ...]:
        return tuple(one for one in self.known if one.usb_class == usb_class)


def meet(memory: Memory, usb_class: str, ports: Sequence[str]) -> Memory:
    """The memory in which each device of the class, now at these ports, has a key; ``ports`` in their own order."""
    if len(ports) > 1:
        memory = replace(memory, clashed=memory.clashed | {usb_class})
    memory = _with_moves_undone(memory, usb_class, ports)
    for port in ports:
        if memory.at(usb_class, port) is None:
            memory = _with_newcomer(memory, usb_class, port)
    return replace(memory, seen=memory.seen | {one.key for one in memory.of_class(usb_class) if one.port in ports})


def _with_moves_undone(memory: Memory, usb_class: str, ports: Sequence[str]) -> Memory:
    undone = {
        one: replace(one, port=one.former_port, former_port="")
        for one in memory.of_class(usb_class)
        if one.former_port and one.port in ports and one.former_port in ports
    }
    return replace(memory, known=tuple(undone.get(one, one) for one in memory.known))


def _with_newcomer(memory: Memory, usb_class: str, port: str) -> Memory:
    same = memory.of_class(usb_class)
    if usb_class not in memory.clashed and len(same) == 1:
        return _with_move(memory, same[0], port)
    key = _free_key(_key(usb_class, port, has_twins=usb_class in memory.clashed), (one.key for one in memory.known))
    return replace(memory, known=(*memory.known, Remembered(key=key, usb_class=usb_class, port=port)))


def _with_move(memory: Memory, mover: Remembered, port: str) -> Memory:
    """The only one of its class is at another port. When we saw it at the old one in this run, then it surely moved."""
    moved = replace(mover, port=port, former_port="" if mover.key in memory.seen else mover.port)
    return replace(memory, known=tuple(moved if one is mover else one for one in memory.known))


def _key(usb_class: str, port: str, *, has_twins: bool) -> str:
    vid, pid, serial = usb_class.split(":", 2)
    plain = f"usb_audio_{vid}{pid}" + (f"_{serial}" if serial else "")
    return plain if serial and not has_twins else f"{plain}_at_{port or 'unknown'}"


def _free_key(key: str, taken: Iterable[str]) -> str:
    used = set(taken)
    return key if key not in used else next(new for number in count(2) if (new := f"{key}_{number}") not in used)
