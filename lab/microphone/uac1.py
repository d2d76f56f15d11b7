"""The interfaces of a USB Audio Class 1 microphone (Audio Devices rev. 1.0, chapter 4; Formats, chapter 2). Pure."""

from __future__ import annotations

import struct

from lab.microphone.layout import (
    AUDIO,
    CONTROL,
    PLAYBACK_BITS,
    PLAYBACK_CHANNELS,
    PLAYBACK_RATE,
    STREAMING,
    Stream,
    streams,
)
from lab.microphone.microphone import Microphone

INTERFACE, ENDPOINT, CS_INTERFACE, CS_ENDPOINT = 4, 5, 0x24, 0x25
HEADER, INPUT, OUTPUT, FEATURE = 1, 2, 3, 6
USB_STREAM, MICROPHONE, SPEAKER = 0x0101, 0x0201, 0x0301
MUTE_AND_VOLUME = 3
ASYNCHRONOUS, ADAPTIVE = 0x05, 0x09
PCM, TYPE_I = 1, 1
SPATIAL = {1: 0, 2: 3}
"""Channel count to wChannelConfig: mono has no place, stereo is left and right front."""


def uac1_interfaces(microphone: Microphone) -> tuple[int, bytes]:
    """How many interfaces, and their descriptors."""
    all_streams = streams(microphone)
    entities = b"".join(_entities(microphone, stream) for stream in all_streams)
    head = _header([stream.interface for stream in all_streams], len(entities))
    control = interface(0, 0, 0, CONTROL, 0) + head + entities
    return 1 + len(all_streams), control + b"".join(_streaming(microphone, stream) for stream in all_streams)


def interface(number: int, setting: int, endpoints: int, subclass: int, protocol: int) -> bytes:
    """A standard interface descriptor of the audio class."""
    return bytes([9, INTERFACE, number, setting, endpoints, AUDIO, subclass, protocol, 0])


def spatial(channels: int) -> int:
    """The places of so many channels."""
    return SPATIAL.get(channels, (1 << channels) - 1)


def _header(interfaces: list[int], entities_bytes: int) -> bytes:
    length = 8 + len(interfaces)
    fields = (length, CS_INTERFACE, HEADER, 0x0100, length + entities_bytes, len(interfaces))
    return struct.pack("<BBBHHB", *fields) + bytes(interfaces)


def _entities(microphone: Microphone, stream: Stream) -> bytes:
    """Input terminal, feature unit where there is a mixer, output terminal."""
    if not stream.is_capture:
        heard = _input(stream.input, USB_STREAM, PLAYBACK_CHANNELS)
        return heard + _output(stream.output, SPEAKER, stream.input)
    heard = _input(stream.input, MICROPHONE, microphone.channels)
    if stream.unit is None:
        return heard + _output(stream.output, USB_STREAM, stream.input)
    controls = bytes([MUTE_AND_VOLUME, *bytes(microphone.channels), 0])
    unit = bytes([6 + len(controls), CS_INTERFACE, FEATURE, stream.unit, stream.input, 1]) + controls
    return heard + unit + _output(stream.output, USB_STREAM, stream.unit)


def _input(entity: int, kind: int, channels: int) -> bytes:
    fields = (12, CS_INTERFACE, INPUT, entity, kind, 0, channels, spatial(channels), 0, 0)
    return struct.pack("<BBBBHBBHBB", *fields)


def _output(entity: int, kind: int, source: int) -> bytes:
    return struct.pack("<BBBBHBBB", 9, CS_INTERFACE, OUTPUT, entity, kind, 0, source, 0)


def _streaming(microphone: Microphone, stream: Stream) -> bytes:
    """Setting 0 without bandwidth, setting 1 with one endpoint."""
    if stream.is_capture:
        channels, bits, rates = microphone.channels, microphone.bits, microphone.rates
    else:
        channels, bits, rates = PLAYBACK_CHANNELS, PLAYBACK_BITS, (PLAYBACK_RATE,)
    coded = b"".join(struct.pack("<I", rate)[:3] for rate in rates)
    form = bytes([8 + len(coded), CS_INTERFACE, 2, TYPE_I, channels, bits // 8, bits, len(rates)]) + coded
    kind = ASYNCHRONOUS if stream.is_capture else ADAPTIVE
    endpoint = (9, ENDPOINT, stream.endpoint, kind, stream.packet_bytes, microphone.interval, 0, 0)
    return (
        interface(stream.interface, 0, 0, STREAMING, 0)
        + interface(stream.interface, 1, 1, STREAMING, 0)
        + struct.pack("<BBBBBH", 7, CS_INTERFACE, 1, stream.link, 1, PCM)
        + form
        + struct.pack("<BBBBHBBB", *endpoint)
        + bytes([7, CS_ENDPOINT, 1, 1, 0, 0, 0])
    )
