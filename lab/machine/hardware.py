"""What the guest is made of. A snapshot can only be resumed on the hardware it was taken on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PORTS = 6
"""Full and high speed on each: measured best of all controllers, no sample lost with four microphones.

0 and 1, 2 and 3, 4 and 5 share a full speed controller (UHCI): a device that comes, goes or stalls there can cost its
neighbour sound, in QEMU, without a word. Whose every sample is compared meanwhile sits at another one.
"""


class SoundCard(StrEnum):
    """PCI sound cards; their inputs give silence in real time."""

    AC97 = "ac97"
    """Two capture PCMs (snd-intel8x0)."""
    HDA = "hda"
    """One capture PCM (snd-hda-intel)."""
    HDA_OUTPUT = "hda-output"
    """None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """Processors, memory, and what sits in PCI slots."""

    cpus: int
    memory_mib: int
    cards: tuple[SoundCard, ...] = ()

    @property
    def name(self) -> str:
        """For file names."""
        return "-".join((f"{self.cpus}cpu-{self.memory_mib}m", *self.cards))


MINI_PC = Hardware(cpus=2, memory_mib=1536)
SMALL_BOARD = Hardware(cpus=1, memory_mib=512)
MINI_PC_WITH_CARDS = Hardware(cpus=2, memory_mib=1536, cards=tuple(SoundCard))
