"""The interfaces of a USB Audio Class 2 microphone (Audio Devices rev. 2.0, chapter 4). Pure."""

from __future__ import annotations

import struct

from lab.microphone.layout import PLAYBACK_CHANNELS, Stream, streams
from lab.microphone.microphone import Microphone
from lab.microphone.uac1 import (
    ADAPTIVE,
    ASYNCHRONOUS,
    AUDIO,
    CONTROL,
    CS_ENDPOINT,
    CS_INTERFACE,
    ENDPOINT,
    FEATURE,
    HEADER,
    INPUT,
    MICROPHONE,
    OUTPUT,
    SPEAKER,
    STREAMING,
    USB_STREAM,
    interface,
    spatial,
)

VERSION = 0x20
CLOCK_SOURCE, CLOCK = 0x0A, 200
ASSOCIATION = 11
IO_BOX = 8
"""bCategory of the header."""

READ, READ_WRITE = 1, 3
MUTE_AND_VOLUME = 0xF
PCM, TYPE_I = 1, 1


def uac2_interfaces(microphone: Microphone) -> tuple[int, bytes]:
    """How many interfaces, and their descriptors."""
    all_streams = streams(microphone)
    count = 1 + len(all_streams)
    entities = _clock(microphone) + b"".join(_entities(microphone, stream) for stream in all_streams)
    header = struct.pack("<BBBHBHB", 9, CS_INTERFACE, HEADER, 0x0200, IO_BOX, 9 + len(entities), 0)
    control = bytes([8, ASSOCIATION, 0, count, AUDIO, 0, VERSION, 0]) + interface(0, 0, 0, CONTROL, VERSION)
    body = b"".join(_streaming(microphone, stream) for stream in all_streams)
    return count, control + header + entities + body


def _clock(microphone: Microphone) -> bytes:
    """Internal; its frequency can be set where there is a choice."""
    is_fixed = len(microphone.rates) == 1
    kind, controls = (1, READ) if is_fixed else (3, READ_WRITE)
    return bytes([8, CS_INTERFACE, CLOCK_SOURCE, CLOCK, kind, controls, 0, 0])


def _entities(microphone: Microphone, stream: Stream) -> bytes:
    if not stream.is_capture:
        heard = _input(stream.terminal, USB_STREAM, PLAYBACK_CHANNELS)
        return heard + _output(stream.terminal + 1, SPEAKER, stream.terminal)
    first = stream.terminal - 2
    heard = _input(first, MICROPHONE, microphone.channels)
    if not microphone.mixer:
        return heard + _output(stream.terminal, USB_STREAM, first)
    controls = struct.pack("<I", MUTE_AND_VOLUME) + bytes(4 * microphone.channels) + b"\0"
    unit = bytes([5 + len(controls), CS_INTERFACE, FEATURE, first + 1, first]) + controls
    return heard + unit + _output(stream.terminal, USB_STREAM, first + 1)


def _input(entity: int, kind: int, channels: int) -> bytes:
    fields = (17, CS_INTERFACE, INPUT, entity, kind, 0, CLOCK, channels, spatial(channels), 0, 0, 0)
    return struct.pack("<BBBBHBBBIBHB", *fields)


def _output(entity: int, kind: int, source: int) -> bytes:
    return struct.pack("<BBBBHBBBHB", 12, CS_INTERFACE, OUTPUT, entity, kind, 0, source, CLOCK, 0, 0)


def _streaming(microphone: Microphone, stream: Stream) -> bytes:
    channels, bits = (microphone.channels, microphone.bits) if stream.is_capture else (PLAYBACK_CHANNELS, 16)
    general = (16, CS_INTERFACE, 1, stream.terminal, 0, TYPE_I, PCM, channels, spatial(channels), 0)
    kind = ASYNCHRONOUS if stream.is_capture else ADAPTIVE
    return (
        interface(stream.interface, 0, 0, STREAMING, VERSION)
        + interface(stream.interface, 1, 1, STREAMING, VERSION)
        + struct.pack("<BBBBBBIBIB", *general)
        + bytes([6, CS_INTERFACE, 2, TYPE_I, bits // 8, bits])
        + struct.pack("<BBBBHB", 7, ENDPOINT, stream.endpoint, kind, stream.packet_bytes, microphone.interval)
        + bytes([8, CS_ENDPOINT, 1, 0, 0, 0, 0, 0])
    )
