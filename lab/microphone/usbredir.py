"""Messages of the usbredir protocol, as far as a microphone needs them (usb-redirection-protocol.txt 0.7). Pure.

A header has type, length and id; the id has 32 bits in the greeting and 64 once both sides say they can.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HELLO, CONNECT, RESET, INTERFACES, ENDPOINTS = 0, 1, 3, 4, 5
SET_CONFIGURATION, GET_CONFIGURATION, CONFIGURATION_STATUS = 6, 7, 8
SET_SETTING, GET_SETTING, SETTING_STATUS = 9, 10, 11
START_STREAM, STOP_STREAM, STREAM_STATUS = 12, 13, 14
CONTROL_PACKET, ISO_PACKET = 100, 102

SUCCESS, STALL = 0, 4
CONTROL, ISOCHRONOUS, NONE = 0, 1, 255
CAN_SEND_VERSION, CAN_PACKET_SIZE, CAN_64_BIT_IDS, CAN_32_BIT_LENGTH = 1 << 1, 1 << 4, 1 << 5, 1 << 6
ABILITIES = CAN_SEND_VERSION | CAN_PACKET_SIZE | CAN_64_BIT_IDS | CAN_32_BIT_LENGTH
"""QEMU's xHCI refuses a device that lacks the last three."""

SHORT, LONG = "<III", "<IIQ"
TABLE = 32
"""Rows of both tables; an IN endpoint is in the second half of the endpoints'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One row of the endpoint table."""

    kind: int
    interval: int
    interface: int
    packet_bytes: int


def message(header: str, kind: int, body: bytes, number: int = 0) -> bytes:
    """A message with the header of that width."""
    return struct.pack(header, kind, len(body), number) + body


def hello() -> bytes:
    """Our greeting, always with the short header."""
    return message(SHORT, HELLO, b"lab microphone".ljust(64, b"\0") + struct.pack("<I", ABILITIES))


def header_after(greeting: bytes) -> str:
    """The header from now on, after the other side's greeting."""
    abilities = int(struct.unpack_from("<I", greeting, 64)[0]) if len(greeting) >= 68 else 0
    return LONG if abilities & CAN_64_BIT_IDS else SHORT


def device(speed: int, descriptor: bytes) -> bytes:
    """Body of CONNECT: the device is there."""
    kind = tuple(descriptor[4:7])
    return struct.pack("<BBBBHHH", speed, *kind, *struct.unpack_from("<HHH", descriptor, 8))


def interface_table(protocol: int, subclasses: Iterable[int]) -> bytes:
    """Body of INTERFACES: numbered from 0, all of the audio class."""
    rows = list(subclasses)
    count = len(rows)
    columns = (range(count), [1] * count, rows, [protocol] * count)
    return struct.pack("<I", count) + b"".join(bytes(column).ljust(TABLE, b"\0") for column in columns)


def endpoint_table(rows: Mapping[int, Endpoint]) -> bytes:
    """Body of ENDPOINTS: by address."""
    table = [Endpoint(kind=NONE, interval=0, interface=0, packet_bytes=0)] * TABLE
    for address, row in rows.items():
        table[(address & 0x0F) | (address & 0x80) >> 3] = row
    bytes_of = (bytes(getattr(row, name) for row in table) for name in ("kind", "interval", "interface"))
    return b"".join(bytes_of) + struct.pack(f"<{TABLE}H", *(row.packet_bytes for row in table))


def iso_packet(header: str, number: int, endpoint: int, data: bytes) -> bytes:
    """One packet of sound."""
    body = struct.pack("<BBH", endpoint, SUCCESS, len(data)) + data
    return message(header, ISO_PACKET, body, number)
