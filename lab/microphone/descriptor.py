"""The descriptors every USB device has (USB 2.0, chapter 9.6). Pure."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from lab.microphone.microphone import AudioClass, Microphone, Speed
from lab.microphone.uac1 import uac1_interfaces
from lab.microphone.uac2 import uac2_interfaces

DEVICE, CONFIGURATION, STRING = 1, 2, 3
BY_INTERFACE = (0, 0, 0)
BY_ASSOCIATION = (0xEF, 2, 1)
ENGLISH = b"\x04\x03\x09\x04"
BUS_POWERED, MILLIAMPERES = 0x80, 100


def device_descriptor(microphone: Microphone) -> bytes:
    """18 bytes."""
    release = 0x0110 if microphone.bus_speed is Speed.FULL else 0x0200
    kind = BY_INTERFACE if microphone.uac is AudioClass.UAC1 else BY_ASSOCIATION
    indices = [number if text else 0 for number, text in enumerate(_texts(microphone), 1)]
    ids = (microphone.vendor, microphone.product, microphone.release)
    return struct.pack("<BBHBBBBHHHBBBB", 18, DEVICE, release, *kind, 64, *ids, *indices, 1)


def configuration_descriptor(microphone: Microphone) -> bytes:
    """The one configuration with everything in it."""
    count, body = (uac1_interfaces if microphone.uac is AudioClass.UAC1 else uac2_interfaces)(microphone)
    head = struct.pack("<BBHBBBBB", 9, CONFIGURATION, 9 + len(body), count, 1, 0, BUS_POWERED, MILLIAMPERES // 2)
    return head + body


def string_descriptor(microphone: Microphone, index: int) -> bytes | None:
    """UTF-16; number 0 lists the languages; None where the device has none."""
    if index == 0:
        return ENGLISH
    texts = _texts(microphone)
    text = texts[index - 1] if index <= len(texts) else None
    if text is None:
        return None
    coded = text.encode("utf-16-le")
    return bytes([len(coded) + 2, STRING]) + coded


def _texts(microphone: Microphone) -> Sequence[str | None]:
    return (microphone.strings.manufacturer, microphone.strings.product, microphone.serial)
