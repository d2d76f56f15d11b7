"""The memory as JSON, and back; what is not of its shape is refused with the spot where it is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from audio_rtsp.alsa.capability import Altset, Capability, RateList, RateRange, Rates
from audio_rtsp.alsa.memory import Memory, Remembered
from audio_rtsp.config.wreck import parse_json

VERSION = 1
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and where it stands."""

    value: object
    spot: str = "file"

    def at(self, key: str) -> Node:
        if not isinstance(self.value, dict):
            raise ValueError(f"{self.spot}: expected an object")
        return Node(self.value.get(key), f"{self.spot}.{key}")

    def members(self) -> dict[str, Node]:
        if not isinstance(self.value, dict):
            raise ValueError(f"{self.spot}: expected an object")
        return {key: Node(value, f"{self.spot}.{key}") for key, value in self.value.items()}

    def items(self) -> list[Node]:
        if not isinstance(self.value, list):
            raise ValueError(f"{self.spot}: expected a list")
        return [Node(value, f"{self.spot}[{index}]") for index, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise ValueError(f"{self.spot}: expected text")
        return self.value

    def number(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise ValueError(f"{self.spot}: expected a whole number")
        return self.value


def render_memory(memory: Memory, capabilities: Mapping[str, Capability]) -> bytes:
    """The file ``identities.json``, the same bytes for the same memory."""
    value = {
        "version": VERSION,
        "devices": [_remembered_value(one) for one in sorted(memory.known, key=lambda one: one.key)],
        "had_twins": sorted(memory.clashed),
        "capabilities": {key: _capability_value(capabilities[key]) for key in sorted(capabilities)},
    }
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def parse_memory(data: bytes) -> tuple[Memory, dict[str, Capability]]:
    """Raises ValueError that names the spot."""
    top = Node(parse_json(data))
    if top.at("version").number() != VERSION:
        raise ValueError(f"written by another version ({top.at('version').number()}, this one reads {VERSION})")
    known = tuple(_remembered(node) for node in top.at("devices").items())
    clashed = frozenset(_class(node) for node in top.at("had_twins").items())
    capabilities = {key: _capability(node) for key, node in top.at("capabilities").members().items()}
    return Memory(known=known, clashed=clashed), capabilities


def _remembered_value(one: Remembered) -> dict[str, str]:
    return {"key": one.key, "class": one.usb_class, "port": one.port}


def _remembered(node: Node) -> Remembered:
    return Remembered(key=node.at("key").text(), usb_class=_class(node.at("class")), port=node.at("port").text())


def _class(node: Node) -> str:
    if node.text().count(":") < 2:
        raise ValueError(f"{node.spot}: expected VENDOR:PRODUCT:SERIAL")
    return node.text()


def rates_value(rates: Rates) -> list[int] | dict[str, int]:
    """A list of hertz, or ``min`` and ``max``."""
    return list(rates.values) if isinstance(rates, RateList) else {"min": rates.low, "max": rates.high}


def _capability_value(capability: Capability) -> list[dict[str, object]]:
    return [
        {"formats": list(one.formats), "channels": list(one.channels), "rates": rates_value(one.rates)}
        for one in capability.altsets
    ]


def _capability(node: Node) -> Capability:
    altsets = tuple(_altset(one) for one in node.items())
    if not altsets:
        raise ValueError(f"{node.spot}: expected at least one choice")
    return Capability(altsets)


def _altset(node: Node) -> Altset:
    return Altset(
        formats=_filled(node.at("formats"), (one.text() for one in node.at("formats").items())),
        channels=_filled(node.at("channels"), (one.number() for one in node.at("channels").items())),
        rates=_rates(node.at("rates")),
    )


def _rates(node: Node) -> Rates:
    if isinstance(node.value, list):
        return RateList(_filled(node, (one.number() for one in node.items())))
    return RateRange(node.at("min").number(), node.at("max").number())


def _filled(node: Node, values: Iterable[_T]) -> tuple[_T, ...]:
    filled = tuple(values)
    if not filled:
        raise ValueError(f"{node.spot}: is empty")
    return filled
