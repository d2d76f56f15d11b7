"""How a microphone answers control requests: bytes, empty bytes for an accepted order, None for a stall. Pure.

USB 2.0 chapter 9.4; Audio Devices rev. 1.0 chapter 5.2, rev. 2.0 chapter 5.2.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from lab.microphone.descriptor import (
    CONFIGURATION,
    DEVICE,
    STRING,
    configuration_descriptor,
    device_descriptor,
    string_descriptor,
)
from lab.microphone.layout import CLOCK, feature_units
from lab.microphone.microphone import AudioClass, Microphone

FROM_DEVICE, FROM_INTERFACE, FROM_ENDPOINT = 0x80, 0x81, 0x82
CLASS_FROM_INTERFACE, CLASS_TO_INTERFACE = 0xA1, 0x21
CLASS_FROM_ENDPOINT, CLASS_TO_ENDPOINT = 0xA2, 0x22
GET_STATUS, CLEAR_FEATURE, SET_FEATURE, GET_DESCRIPTOR = 0, 1, 3, 6
CURRENT = 1
MUTE, VOLUME = 1, 2
QUIETEST, LOUDEST, STEP = -0x2000, 0, 0x100
"""Volume in 1/256 dB: -32 to 0 dB in steps of 1 dB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The setup packet, and the data that came with it."""

    kind: int
    number: int
    value: int
    index: int
    length: int
    data: bytes = b""

    @property
    def selector(self) -> int:
        """Which control of the entity."""
        return self.value >> 8

    @property
    def entity(self) -> int:
        """Which unit or terminal."""
        return self.index >> 8


@dataclass(slots=True)
class Controls:
    """What a host has set: the rate and the mixer."""

    microphone: Microphone
    rate: int = 0
    settings: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rate = self.microphone.rates[0]

    def answer(self, request: Request) -> bytes | None:
        """The answer, cut to the length that was asked for."""
        found = self._answer(request)
        return None if found is None else found[: request.length]

    def _answer(self, request: Request) -> bytes | None:
        if request.kind == FROM_DEVICE and request.number == GET_DESCRIPTOR:
            return self._descriptor(request.value >> 8, request.value & 0xFF)
        if request.number == GET_STATUS and request.kind in (FROM_DEVICE, FROM_INTERFACE, FROM_ENDPOINT):
            return b"\0\0"
        if request.number in (CLEAR_FEATURE, SET_FEATURE) and request.kind in (0, 1, 2):
            return b""
        return self._uac1(request) if self.microphone.uac is AudioClass.UAC1 else self._uac2(request)

    def _descriptor(self, kind: int, index: int) -> bytes | None:
        if kind == DEVICE:
            return device_descriptor(self.microphone)
        if kind == CONFIGURATION and index == 0:
            return configuration_descriptor(self.microphone)
        return string_descriptor(self.microphone, index) if kind == STRING else None

    def _uac1(self, request: Request) -> bytes | None:
        if request.kind == CLASS_TO_ENDPOINT and request.number == CURRENT:
            self.rate = int.from_bytes(request.data[:3], "little")
            return b""
        if request.kind == CLASS_FROM_ENDPOINT:
            return struct.pack("<I", self.rate)[:3]
        if not self._is_mixer(request):
            return None
        if request.kind == CLASS_TO_INTERFACE:
            return self._set(request)
        return self._uac1_mixer(request)

    def _uac1_mixer(self, request: Request) -> bytes | None:
        """GET_CUR 0x81, GET_MIN 0x82, GET_MAX 0x83, GET_RES 0x84."""
        if request.number == 0x81:
            return self._get(request)
        limits = {0x82: QUIETEST, 0x83: LOUDEST, 0x84: STEP}
        if request.selector != VOLUME or request.number not in limits:
            return None
        return struct.pack("<h", limits[request.number])

    def _uac2(self, request: Request) -> bytes | None:
        if request.entity == CLOCK:
            return self._clock(request)
        if not self._is_mixer(request):
            return None
        if request.kind == CLASS_TO_INTERFACE:
            return self._set(request)
        if request.number == CURRENT:
            return self._get(request)
        return struct.pack("<Hhhh", 1, QUIETEST, LOUDEST, STEP) if request.selector == VOLUME else None

    def _clock(self, request: Request) -> bytes | None:
        """Control 1 is the frequency, 2 whether it is valid; request 2 asks for the range."""
        if request.selector == 2:
            return b"\1"
        if request.kind == CLASS_TO_INTERFACE:
            self.rate = int(struct.unpack("<I", request.data[:4])[0])
            return b""
        if request.number == CURRENT:
            return struct.pack("<I", self.rate)
        ranges = b"".join(struct.pack("<III", rate, rate, 0) for rate in self.microphone.rates)
        return struct.pack("<H", len(self.microphone.rates)) + ranges

    def _is_mixer(self, request: Request) -> bool:
        return request.entity in feature_units(self.microphone) and request.selector in (MUTE, VOLUME)

    def _set(self, request: Request) -> bytes:
        self.settings[request.entity, request.selector] = request.data
        return b""

    def _get(self, request: Request) -> bytes:
        initial = b"\0" if request.selector == MUTE else struct.pack("<h", LOUDEST)
        return self.settings.get((request.entity, request.selector), initial)
