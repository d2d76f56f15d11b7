"""A microphone in a port: one connection to QEMU. Connecting is the plug, closing is the unplug."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

from lab.machine.json_lines import connect
from lab.microphone import usbredir
from lab.microphone.control import Controls, Request
from lab.microphone.descriptor import device_descriptor
from lab.microphone.layout import CONTROL, IN, STREAMING, streams
from lab.microphone.microphone import AudioClass, Microphone, Mode
from lab.microphone.pump import Pump
from lab.microphone.sound import Sound
from lab.microphone.uac2 import PROTOCOL
from lab.microphone.usbredir import ISOCHRONOUS, STALL, SUCCESS, Endpoint


class Plug:
    """Answers QEMU in a thread of its own; ``mode`` may be set at any time."""

    def __init__(self, microphone: Microphone, path: Path, mode: Mode | None = None) -> None:
        self.microphone = microphone
        self.mode = mode or microphone.mode
        self._controls = Controls(microphone)
        self._settings = {stream.interface: 0 for stream in streams(microphone)}
        self._configuration = 0
        self._header = usbredir.SHORT
        self._pumps: list[Pump] = []
        self._asked: set[int] = set()
        self._ran_dry = 0
        self._first_started = 0.0
        self._writing = threading.Lock()
        self._socket = connect(path)
        self._thread = threading.Thread(target=self._serve, daemon=True, name=f"plug {path.name}")
        self._thread.start()

    @property
    def losses(self) -> int:
        """How often it lost sound that the guest did not get: this host let no packet go for 0.1 s; or the guest stood
        still, so that for 32 ms nobody asked for one (QEMU's QH_VALID). Never shrinks.
        """
        return self._ran_dry + sum(pump.late for pump in self._pumps)

    def unplug(self) -> None:
        """Pull it; pulling twice is harmless."""
        self._stop_all()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        answers: dict[int, Callable[[int, bytes], None]] = {
            usbredir.HELLO: self._greet,
            usbredir.RESET: self._reset,
            usbredir.SET_CONFIGURATION: self._configure,
            usbredir.GET_CONFIGURATION: self._tell_configuration,
            usbredir.SET_SETTING: self._set,
            usbredir.GET_SETTING: self._tell_setting,
            usbredir.START_STREAM: self._start,
            usbredir.STOP_STREAM: self._stop,
            usbredir.CONTROL_PACKET: self._control,
        }
        try:
            self._socket.sendall(usbredir.hello())
            while True:
                kind, length, number = struct.unpack(self._header, self._read(struct.calcsize(self._header)))
                body = self._read(length)
                if kind in answers:
                    answers[kind](number, body)
        except (EOFError, OSError):
            self._stop_all()

    def _greet(self, number: int, body: bytes) -> None:
        self._header = usbredir.header_after(body)
        self._tell_shape()
        self._send(usbredir.CONNECT, usbredir.device(self.microphone.bus_speed, device_descriptor(self.microphone)))

    def _reset(self, number: int, body: bytes) -> None:
        self._settings = dict.fromkeys(self._settings, 0)
        self._stop_all()

    def _configure(self, number: int, body: bytes) -> None:
        self._configuration = body[0]
        self._settings = dict.fromkeys(self._settings, 0)
        if self.mode is Mode.STALL_UNTIL_RESET and self._has_streamed:
            self.mode = Mode.RUN
        self._tell_shape()
        self._tell_configuration(number, body)

    @property
    def _has_streamed(self) -> bool:
        return bool(self._pumps)

    def _tell_configuration(self, number: int, body: bytes) -> None:
        self._send(usbredir.CONFIGURATION_STATUS, bytes([SUCCESS, self._configuration]), number)

    def _set(self, number: int, body: bytes) -> None:
        self._settings[body[0]] = body[1]
        self._asked.clear()
        self._tell_shape()
        self._tell_setting(number, body)

    def _tell_setting(self, number: int, body: bytes) -> None:
        self._send(usbredir.SETTING_STATUS, bytes([SUCCESS, body[0], self._settings.get(body[0], 0)]), number)

    def _start(self, number: int, body: bytes) -> None:
        endpoint = body[0]
        self._send(usbredir.STREAM_STATUS, bytes([SUCCESS, endpoint]), number)
        if endpoint & IN:
            self._ran_dry += endpoint in self._asked
            self._asked.add(endpoint)
            self._stop_one(endpoint)
            pump = Pump(self._sound_of_now(), endpoint, self._write_packets, lambda: self.mode)
            self._pumps.append(pump)
            pump.start()

    def _sound_of_now(self) -> Sound:
        """A microphone hears also while nobody listens: what was not fetched is lost."""
        now = time.monotonic()
        self._first_started = self._first_started or now
        return Sound(self.microphone, self._controls.rate, now - self._first_started)

    def _stop(self, number: int, body: bytes) -> None:
        self._stop_one(body[0])
        self._send(usbredir.STREAM_STATUS, bytes([SUCCESS, body[0]]), number)

    def _control(self, number: int, body: bytes) -> None:
        endpoint, request, kind, status, value, index, length = struct.unpack("<BBBBHHH", body[:10])
        asked = Request(kind=kind, number=request, value=value, index=index, length=length, data=body[10:])
        answer = None if self.mode is Mode.DEAF else self._controls.answer(asked)
        status, data = (STALL, b"") if answer is None else (SUCCESS, answer if kind & IN else b"")
        done = len(data) if kind & IN else length if status == SUCCESS else 0
        head = struct.pack("<BBBBHHH", endpoint, request, kind, status, value, index, done)
        self._send(usbredir.CONTROL_PACKET, head + data, number)

    def _tell_shape(self) -> None:
        """Interfaces and endpoints as they are with the settings of now."""
        all_streams = streams(self.microphone)
        protocol = PROTOCOL if self.microphone.uac is AudioClass.UAC2 else 0
        subclasses = (CONTROL, *(STREAMING for _ in all_streams))
        self._send(usbredir.INTERFACES, usbredir.interface_table(protocol, subclasses))
        self._send(usbredir.ENDPOINTS, usbredir.endpoint_table(self._endpoints()))

    def _endpoints(self) -> dict[int, Endpoint]:
        ear = Endpoint(kind=usbredir.CONTROL, interval=0, interface=0, packet_bytes=64)
        found = {0: ear, IN: ear}
        interval = 1 if self.microphone.interval == 1 else 8
        for stream in streams(self.microphone):
            if self._settings[stream.interface]:
                found[stream.endpoint] = Endpoint(
                    kind=ISOCHRONOUS,
                    interval=interval,
                    interface=stream.interface,
                    packet_bytes=stream.packet_bytes,
                )
        return found

    def _write_packets(self, packets: list[tuple[int, int, bytes]]) -> None:
        data = b"".join(usbredir.iso_packet(self._header, *packet) for packet in packets)
        with self._writing:
            self._socket.sendall(data)

    def _send(self, kind: int, body: bytes, number: int = 0) -> None:
        with self._writing:
            self._socket.sendall(usbredir.message(self._header, kind, body, number))

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                raise EOFError("QEMU closed the port")
            data += part
        return data

    def _stop_one(self, endpoint: int) -> None:
        for pump in self._pumps:
            if pump.endpoint == endpoint:
                pump.stop()

    def _stop_all(self) -> None:
        for pump in self._pumps:
            pump.stop()
