"""What outlasts a restart: which device has which key, the name we gave it, and what it can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from audio_rtsp.alsa.capability import Capability
from audio_rtsp.alsa.memory import Memory

Learnt = Capability | str
"""What asking a device brought: its capability, or why it could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMemory:
    """``capabilities`` and ``names`` by identity. ``troubles``: why a device could not be asked, in this run."""

    identities: Memory = field(default_factory=Memory)
    capabilities: Mapping[str, Capability] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    troubles: Mapping[str, str] = field(default_factory=dict)


def with_learnt(memory: DeviceMemory, learnt: Mapping[str, Learnt]) -> DeviceMemory:
    """Add what asking devices brought; an answer ends the trouble."""
    answers = {identity: what for identity, what in learnt.items() if isinstance(what, Capability)}
    troubles = {identity: what for identity, what in learnt.items() if isinstance(what, str)}
    return replace(
        memory,
        capabilities={**memory.capabilities, **answers},
        troubles={key: why for key, why in {**memory.troubles, **troubles}.items() if key not in answers},
    )
