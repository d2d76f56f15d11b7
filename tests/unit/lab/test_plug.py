"""A microphone against a stand-in for QEMU's end of the port."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.machine.guest import Guest
from lab.machine.hardware import MINI_PC
from lab.machine.process import QemuProcess
from lab.machine.qemu import BootFiles
from lab.microphone import usbredir
from lab.microphone.microphone import Microphone, Mode
from lab.microphone.pattern import Count
from lab.microphone.plug import Plug

ENDPOINT = 0x81
HELLO_BYTES = 12 + 68
BOOT = BootFiles(kernel=Path("vmlinux"), initrd=Path("initrd"), base_disk=Path("root.ext4"))


class Port:
    """What QEMU does with a device, with 64-bit numbers from the greeting on."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "usb0.sock"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.path))
        self._listening.listen()

    def greet(self) -> None:
        self._socket, _ = self._listening.accept()
        self._socket.settimeout(5)
        self._read(HELLO_BYTES)
        self._socket.sendall(usbredir.hello())

    def send(self, kind: int, body: bytes, number: int = 0) -> None:
        self._socket.sendall(usbredir.message(usbredir.LONG, kind, body, number))

    def until(self, kind: int) -> tuple[int, bytes]:
        while True:
            found, length, number = struct.unpack(usbredir.LONG, self._read(16))
            body = self._read(length)
            if found == kind:
                return number, body

    def ask(self, kind: int, request: int, value: int, index: int, length: int) -> tuple[int, bytes]:
        setup = struct.pack("<BBBBHHH", 0x80, request, kind, 0, value, index, length)
        self.send(usbredir.CONTROL_PACKET, setup, 7)
        number, body = self.until(usbredir.CONTROL_PACKET)
        assert number == 7
        return body[3], body[10:]

    def close(self) -> None:
        self._socket.close()
        self._listening.close()

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data


@pytest.fixture
def port(tmp_path: Path) -> Iterator[Port]:
    port = Port(tmp_path)
    yield port
    port.close()


def plugged(port: Port, microphone: Microphone) -> Plug:
    plug = Plug(microphone, port.path)
    port.greet()
    return plug


def test_a_device_shows_itself_with_its_numbers(port: Port) -> None:
    plug = plugged(port, Microphone(vendor=0x1234, product=0x5678))
    _, body = port.until(usbredir.CONNECT)
    assert struct.unpack("<BBBBHHH", body)[4:] == (0x1234, 0x5678, 0x0100)
    plug.unplug()


def test_a_deaf_device_stalls_on_every_request(port: Port) -> None:
    plug = plugged(port, Microphone(mode=Mode.DEAF))
    assert port.ask(0x80, 6, 0x0100, 0, 18) == (usbredir.STALL, b"")
    plug.unplug()


def test_sound_comes_after_the_stream_is_started_and_ends_with_it(port: Port) -> None:
    plug = plugged(port, Microphone(pattern=Count()))
    assert port.ask(0x80, 6, 0x0100, 0, 18)[1][:2] == b"\x12\x01"
    port.send(usbredir.SET_SETTING, bytes([1, 1]))
    assert port.until(usbredir.SETTING_STATUS)[1] == bytes([0, 1, 1])
    port.send(usbredir.START_STREAM, bytes([ENDPOINT, 8, 4]))
    packets = [port.until(usbredir.ISO_PACKET)[1] for _ in range(50)]
    samples = struct.unpack(f"<{48 * 50}h", b"".join(packet[4:] for packet in packets))
    assert samples == (-1, *range(1, 48 * 50))
    port.send(usbredir.STOP_STREAM, bytes([ENDPOINT]))
    port.until(usbredir.STREAM_STATUS)
    plug.unplug()


def test_what_nobody_fetched_is_missing_when_the_stream_starts_again(port: Port) -> None:
    plug = plugged(port, Microphone(pattern=Count()))

    def first_number() -> int:
        port.send(usbredir.START_STREAM, bytes([ENDPOINT, 8, 4]))
        return int(struct.unpack_from("<h", port.until(usbredir.ISO_PACKET)[1], 4)[0])

    begin = time.monotonic()
    assert first_number() == -1
    time.sleep(0.2)
    port.send(usbredir.STOP_STREAM, bytes([ENDPOINT]))
    port.until(usbredir.STREAM_STATUS)
    again = first_number()
    assert 0.19 * 48000 < again < (time.monotonic() - begin) * 48000
    plug.unplug()


def test_a_stalled_microphone_sends_nothing_until_it_wakes(port: Port) -> None:
    plug = plugged(port, Microphone(mode=Mode.STALL))
    port.send(usbredir.START_STREAM, bytes([ENDPOINT, 8, 4]))
    port.until(usbredir.STREAM_STATUS)
    port._socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        port.until(usbredir.ISO_PACKET)
    port._socket.settimeout(5)
    plug.mode = Mode.RUN
    port.until(usbredir.ISO_PACKET)
    plug.unplug()


def test_a_mute_microphone_sends_zeros(port: Port) -> None:
    plug = plugged(port, Microphone(mode=Mode.MUTE, pattern=Count()))
    port.send(usbredir.START_STREAM, bytes([ENDPOINT, 8, 4]))
    assert not any(port.until(usbredir.ISO_PACKET)[1][4:])
    plug.unplug()


def test_what_a_microphone_lost_is_not_forgotten_when_its_stream_starts_again(port: Port) -> None:
    plug = plugged(port, Microphone())
    for late in (3, 4):
        port.send(usbredir.START_STREAM, bytes([ENDPOINT, 8, 4]))
        port.until(usbredir.ISO_PACKET)
        plug._pumps[-1].late += late
    assert plug.losses >= 7
    plug.unplug()


def test_a_stream_that_starts_again_under_the_same_setting_had_run_dry(port: Port) -> None:
    """A guest that opens it anew sets the interface before; one that stood still does not."""
    plug = plugged(port, Microphone())
    for is_opened in (True, True, False):
        if is_opened:
            port.send(usbredir.SET_SETTING, bytes([1, 1]))
        port.send(usbredir.START_STREAM, bytes([ENDPOINT, 8, 4]))
        port.send(usbredir.STOP_STREAM, bytes([ENDPOINT]))
    port.send(usbredir.GET_CONFIGURATION, b"")
    port.until(usbredir.CONFIGURATION_STATUS)
    assert plug.losses - sum(pump.late for pump in plug._pumps) == 1
    plug.unplug()


def test_what_a_pulled_microphone_lost_still_counts(port: Port, tmp_path: Path) -> None:
    guest = Guest(MINI_PC, BOOT, tmp_path)
    guest._process = QemuProcess(("sleep", "60"), tmp_path)
    plug = guest.plug(0, Microphone())
    port.greet()
    port.send(usbredir.START_STREAM, bytes([ENDPOINT, 8, 4]))
    port.until(usbredir.ISO_PACKET)
    plug._pumps[0].late += 3
    guest.unplug(0)
    assert guest.bus_losses() >= 3
    guest._process.kill()


def test_unplugging_closes_the_port_at_once(port: Port) -> None:
    plug = plugged(port, Microphone())
    begin = time.monotonic()
    plug.unplug()
    with pytest.raises(EOFError):
        port.until(usbredir.ISO_PACKET)
    assert time.monotonic() - begin < 1
