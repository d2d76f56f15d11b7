"""Which interfaces, endpoints and entities a microphone has: interface 0 controls, each further one streams."""

from __future__ import annotations

from dataclasses import dataclass

from lab.microphone.microphone import AudioClass, Microphone

IN = 0x80
AUDIO = 1
"""The interface class."""

CONTROL, STREAMING = 1, 2
"""Its subclasses."""

CLOCK = 200
"""The entity that gives the rate of UAC2."""

PLAYBACK_ENTITY = 101
PLAYBACK_RATE = 48000
"""Of UAC1; in UAC2 all streams have the rates of the one clock."""

PLAYBACK_CHANNELS, PLAYBACK_BITS = 2, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A streaming interface: its number, its endpoint, and the entities of the control interface that lead to it:
    input terminal, feature unit (None without a mixer), output terminal.
    """

    interface: int
    endpoint: int
    input: int
    unit: int | None = None
    output: int
    packet_bytes: int

    @property
    def is_capture(self) -> bool:
        """Whether sound comes from the device."""
        return bool(self.endpoint & IN)

    @property
    def link(self) -> int:
        """The terminal at the bus."""
        return self.output if self.is_capture else self.input


def streams(microphone: Microphone) -> tuple[Stream, ...]:
    """All of them, captures first."""
    found = [_capture(microphone, number) for number in range(microphone.captures)]
    if microphone.playback:
        found.append(_playback(microphone, microphone.captures + 1))
    return tuple(found)


def feature_units(microphone: Microphone) -> frozenset[int]:
    """The entities that have mute and volume."""
    return frozenset(stream.unit for stream in streams(microphone) if stream.unit is not None)


def _capture(microphone: Microphone, number: int) -> Stream:
    first = 10 * number + 1
    return Stream(
        interface=number + 1,
        endpoint=IN | (number + 1),
        input=first,
        unit=first + 1 if microphone.mixer else None,
        output=first + 2,
        packet_bytes=microphone.packet_bytes,
    )


def _playback(microphone: Microphone, number: int) -> Stream:
    rate = PLAYBACK_RATE if microphone.uac is AudioClass.UAC1 else max(microphone.rates)
    return Stream(
        interface=number,
        endpoint=number,
        input=PLAYBACK_ENTITY,
        output=PLAYBACK_ENTITY + 1,
        packet_bytes=(rate // 1000 + 1) * PLAYBACK_BITS // 8 * PLAYBACK_CHANNELS,
    )
