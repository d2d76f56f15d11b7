"""The interfaces of a USB Audio Class 2 microphone (Audio Devices rev. 2.0, chapter 4). Pure."""

from __future__ import annotations

import struct

from lab.microphone.layout import AUDIO, CLOCK, CONTROL, PLAYBACK_BITS, PLAYBACK_CHANNELS, STREAMING, Stream, streams
from lab.microphone.microphone import Microphone
from lab.microphone.uac1 import (
    ADAPTIVE,
    ASYNCHRONOUS,
    CS_ENDPOINT,
    CS_INTERFACE,
    ENDPOINT,
    FEATURE,
    HEADER,
    INPUT,
    MICROPHONE,
    OUTPUT,
    SPEAKER,
    USB_STREAM,
    interface,
    spatial,
)

PROTOCOL = 0x20
"""IP_VERSION_02_00 of every interface."""

CLOCK_SOURCE = 0x0A
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
    control = bytes([8, ASSOCIATION, 0, count, AUDIO, 0, PROTOCOL, 0]) + interface(0, 0, 0, CONTROL, PROTOCOL)
    body = b"".join(_streaming(microphone, stream) for stream in all_streams)
    return count, control + header + entities + body


def _clock(microphone: Microphone) -> bytes:
    """Internal; its frequency can be set where there is a choice."""
    is_fixed = len(microphone.rates) == 1
    kind, controls = (1, READ) if is_fixed else (3, READ_WRITE)
    return bytes([8, CS_INTERFACE, CLOCK_SOURCE, CLOCK, kind, controls, 0, 0])


def _entities(microphone: Microphone, stream: Stream) -> bytes:
    if not stream.is_capture:
        heard = _input(stream.input, USB_STREAM, PLAYBACK_CHANNELS)
        return heard + _output(stream.output, SPEAKER, stream.input)
    heard = _input(stream.input, MICROPHONE, microphone.channels)
    if stream.unit is None:
        return heard + _output(stream.output, USB_STREAM, stream.input)
    controls = struct.pack("<I", MUTE_AND_VOLUME) + bytes(4 * microphone.channels) + b"\0"
    unit = bytes([5 + len(controls), CS_INTERFACE, FEATURE, stream.unit, stream.input]) + controls
    return heard + unit + _output(stream.output, USB_STREAM, stream.unit)


def _input(entity: int, kind: int, channels: int) -> bytes:
    fields = (17, CS_INTERFACE, INPUT, entity, kind, 0, CLOCK, channels, spatial(channels), 0, 0, 0)
    return struct.pack("<BBBBHBBBIBHB", *fields)


def _output(entity: int, kind: int, source: int) -> bytes:
    return struct.pack("<BBBBHBBBHB", 12, CS_INTERFACE, OUTPUT, entity, kind, 0, source, CLOCK, 0, 0)


def _streaming(microphone: Microphone, stream: Stream) -> bytes:
    if stream.is_capture:
        channels, bits = microphone.channels, microphone.bits
    else:
        channels, bits = PLAYBACK_CHANNELS, PLAYBACK_BITS
    general = (16, CS_INTERFACE, 1, stream.link, 0, TYPE_I, PCM, channels, spatial(channels), 0)
    kind = ASYNCHRONOUS if stream.is_capture else ADAPTIVE
    return (
        interface(stream.interface, 0, 0, STREAMING, PROTOCOL)
        + interface(stream.interface, 1, 1, STREAMING, PROTOCOL)
        + struct.pack("<BBBBBBIBIB", *general)
        + bytes([6, CS_INTERFACE, 2, TYPE_I, bits // 8, bits])
        + struct.pack("<BBBBHB", 7, ENDPOINT, stream.endpoint, kind, stream.packet_bytes, microphone.interval)
        + bytes([8, CS_ENDPOINT, 1, 0, 0, 0, 0, 0])
    )
