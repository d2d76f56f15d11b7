"""What the guest is made of. A snapshot can only be resumed on the hardware it was taken on."""

from __future__ import annotations

from dataclasses import dataclass

PORTS = 6
"""Full and high speed on each: measured best of all controllers, no sample lost with four microphones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """Processors and memory."""

    cpus: int
    memory_mib: int

    @property
    def name(self) -> str:
        """For file names."""
        return f"{self.cpus}cpu-{self.memory_mib}m"


MINI_PC = Hardware(cpus=2, memory_mib=1536)
SMALL_BOARD = Hardware(cpus=1, memory_mib=512)
