"""Children of a test: each is ended and reaped by its with block."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src"


@contextlib.contextmanager
def child(*argv: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process with pipes for stdout and stderr, killed at the end."""
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C", **environment},
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@dataclass(slots=True)
class Output:
    """What a child has written so far, and when; read by a thread that ends with the child."""

    process: subprocess.Popen[bytes]
    data: bytearray = field(default_factory=bytearray)
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    errors: bytearray = field(default_factory=bytearray)

    def read(self) -> None:
        assert self.process.stdout is not None
        while chunk := os.read(self.process.stdout.fileno(), 65536):
            self.data += chunk
            self.arrivals.append((time.monotonic(), len(self.data)))

    def read_errors(self) -> None:
        assert self.process.stderr is not None
        while chunk := os.read(self.process.stderr.fileno(), 65536):
            self.errors += chunk

    def wait_for(self, size: int, seconds: float = 10) -> bytes:
        """Until so many bytes are there in all."""
        wait_until(lambda: len(self.data) >= size or self.process.poll() is not None, seconds, f"{size} bytes")
        assert len(self.data) >= size, f"it ended with {self.process.poll()}: {self.errors.decode()[-2000:]}"
        return bytes(self.data)


@contextlib.contextmanager
def listening_child(*argv: str) -> Iterator[Output]:
    """A child whose output is collected while it runs."""
    with contextlib.ExitStack() as stack:
        output = Output(stack.enter_context(child(*argv)))
        threads = [threading.Thread(target=output.read), threading.Thread(target=output.read_errors)]
        for thread in threads:
            thread.start()
        try:
            yield output
        finally:
            if output.process.poll() is None:
                output.process.kill()
            for thread in threads:
                thread.join()


def wait_until(is_true: Callable[[], bool], seconds: float = 5, what: str = "it") -> None:
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.01)


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A running ``audio-rtsp serve``."""

    process: subprocess.Popen[bytes]
    rtsp_port: int
    udp_ports: tuple[int, int]
    api_port: int

    def url(self, name: str, host: str = "127.0.0.1") -> str:
        return f"rtsp://{host}:{self.rtsp_port}/{name}"


_LINE = re.compile(r"listening: rtsp://\*:(\d+) \(TCP, (?:UDP (\d+)-(\d+)|no UDP)\), API http://127\.0\.0\.1:(\d+)\n")


@contextlib.contextmanager
def serving(*options: str, limit: int | None = None, **environment: str) -> Iterator[ServerProcess]:
    """The shipped entry point, with that many descriptors; at the end it must stop with 0 and without a word."""
    argv: tuple[str, ...] = () if limit is None else ("prlimit", f"--nofile={limit}:{limit}")
    argv = (
        *argv,
        sys.executable,
        "-m",
        "audio_rtsp.rtsp.serve",
        "--rtsp-port=0",
        "--api-port=0",
        "--udp-port=0",
        *options,
    )
    with child(*argv, PYTHONPATH=str(SOURCE), **environment) as process:
        assert process.stdout is not None and process.stderr is not None
        line = process.stdout.readline().decode()
        match = _LINE.fullmatch(line)
        assert match, line + process.stderr.read().decode()
        yield ServerProcess(process, int(match[1]), (int(match[2] or 0), int(match[3] or 0)), int(match[4]))
        process.send_signal(signal.SIGTERM)
        assert process.wait(2) == 0
        assert process.stderr.read().decode() == ""
        assert process.stdout.read().decode() == ""


def lan_addresses() -> list[str]:
    """This machine's address to its neighbours, when it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        address = str(probe.getsockname()[0])
    return [] if address.startswith("127.") else [address]
