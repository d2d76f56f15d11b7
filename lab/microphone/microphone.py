"""A microphone as its maker describes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from lab.microphone.pattern import Pattern, Sine


class AudioClass(IntEnum):
    """Release of the USB Audio Class."""

    UAC1 = 1
    UAC2 = 2


class Speed(IntEnum):
    """Of the bus; the numbers are usbredir's."""

    FULL = 1
    HIGH = 2


class Mode(StrEnum):
    """How it behaves; may change while it is plugged in."""

    RUN = "run"
    MUTE = "mute"
    """Zeros in place of the pattern: connected, and hears nothing."""
    STALL = "stall"
    """Connected, but no packet comes."""
    STALL_UNTIL_RESET = "stall-until-reset"
    """As STALL, until the host enumerates the device again."""
    DEAF = "deaf"
    """Stalls on every control request: enumeration fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strings:
    """What the device says of itself; None where it says nothing."""

    manufacturer: str | None = "Lab Audio"
    product: str | None = "Lab Microphone"


TONE = Sine()
NO_STRINGS = Strings(manufacturer=None, product=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Microphone:
    """One USB capture device.

    *speed* None is the usual one of its class: full for UAC1, high for UAC2. *rates* are in Hz. *bits* is 16, 24 or 32.
    *captures* above 1 are further capture PCMs of the same card (UAC1). *clock_ppm* is how much too fast it runs.
    """

    vendor: int = 0x1209
    product: int = 0x0001
    release: int = 0x0100
    serial: str | None = None
    strings: Strings = Strings()
    uac: AudioClass = AudioClass.UAC1
    speed: Speed | None = None
    rates: tuple[int, ...] = (48000,)
    channels: int = 1
    bits: int = 16
    captures: int = 1
    mixer: bool = True
    playback: bool = False
    clock_ppm: float = 0.0
    pattern: Pattern = TONE
    mode: Mode = Mode.RUN

    @property
    def bus_speed(self) -> Speed:
        """*speed*, or that of its class."""
        return self.speed or (Speed.FULL if self.uac is AudioClass.UAC1 else Speed.HIGH)

    @property
    def frame_bytes(self) -> int:
        """One sample of every channel."""
        return self.bits // 8 * self.channels

    @property
    def packet_bytes(self) -> int:
        """The most a millisecond may carry; one frame more than nominal, for a clock that runs fast."""
        return (max(self.rates) // 1000 + 1) * self.frame_bytes

    @property
    def interval(self) -> int:
        """bInterval of a packet each millisecond: 1 frame, or 2^(4-1) microframes."""
        return 1 if self.bus_speed is Speed.FULL else 4
