"""Which interfaces and endpoints a microphone has: interface 0 controls, each further one streams."""

from __future__ import annotations

from dataclasses import dataclass

from lab.microphone.microphone import Microphone

IN = 0x80
PLAYBACK_RATE = 48000
PLAYBACK_CHANNELS = 2
PLAYBACK_PACKET = (PLAYBACK_RATE // 1000 + 1) * 2 * PLAYBACK_CHANNELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A streaming interface: its number, its endpoint, and the entity of the control interface it ends in."""

    interface: int
    endpoint: int
    terminal: int
    packet_bytes: int

    @property
    def is_capture(self) -> bool:
        """Whether sound comes from the device."""
        return bool(self.endpoint & IN)


def streams(microphone: Microphone) -> tuple[Stream, ...]:
    """All of them; a capture's entities are 10 n + 1 (input), + 2 (feature unit), + 3 (output)."""
    found = [
        Stream(
            interface=number + 1,
            endpoint=IN | (number + 1),
            terminal=10 * number + 3,
            packet_bytes=microphone.packet_bytes,
        )
        for number in range(microphone.captures)
    ]
    if microphone.playback:
        after = microphone.captures + 1
        found.append(Stream(interface=after, endpoint=after, terminal=101, packet_bytes=PLAYBACK_PACKET))
    return tuple(found)
