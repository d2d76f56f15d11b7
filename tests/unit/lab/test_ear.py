"""What a listener hears."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest
from lab.ear.listener import Listener, Packet


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Somebody whom nobody answers."""
    listener = Listener(1, "kettle")
    yield listener
    listener.close()


def test_each_channel_is_heard_by_itself(listener: Listener) -> None:
    listener._note_format("m=audio 0 RTP/AVP 96\r\na=rtpmap:96 L16/48000/2\r\n")
    for number in (0, 2):
        payload = struct.pack(">hhhh", number, -number, number + 1, -number - 1)
        listener.packets.append(Packet(at=float(number), timestamp=0, payload=payload))
    assert list(listener.samples()) == [0, 1, 2, 3]
    assert list(listener.samples(channel=1)) == [0, -1, -2, -3]


def test_sound_without_a_number_of_channels_has_one(listener: Listener) -> None:
    listener._note_format("a=rtpmap:96 L16/48000")
    listener.packets.append(Packet(at=0.0, timestamp=0, payload=struct.pack(">hh", 1, 2)))
    assert list(listener.samples()) == [1, 2]
