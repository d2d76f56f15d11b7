"""The asking side of the control socket; blocks, for the command line."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from audio_rtsp.control.address import short_address
from audio_rtsp.control.request import Request, render_request
from audio_rtsp.errors import NotAllowed, NotAnswering, NotRunning

PATIENCE = 3.0


def ask(path: Path, verb: str, name: str = "") -> dict[str, Any]:
    """The answer to one question; raises NotRunning when nobody listens, NotAnswering when somebody only does that."""
    with _asked(path, Request(verb, name)) as answers:
        return _read(answers)


def order(path: Path, verb: str, name: str = "") -> dict[str, Any]:
    """The answer to an order; raises as :func:`ask`, and NotAllowed when it is refused."""
    answer = ask(path, verb, name)
    if "error" in answer:
        raise NotAllowed(answer["error"])
    return answer


def watch(path: Path) -> Iterator[dict[str, Any]]:
    """Snapshots as they come, until the program ends; raises as :func:`ask` before the first."""
    with _asked(path, Request("watch")) as answers:
        yield _read(answers)
        with contextlib.suppress(OSError, ValueError):
            while True:
                yield _read(answers)


def is_listening(path: Path) -> bool:
    """Whether somebody does; the socket of a program that was killed stays where it was."""
    try:
        with _connected(path):
            return True
    except NotRunning:
        return False
    except NotAnswering:
        return True


@contextmanager
def _asked(path: Path, request: Request) -> Iterator[BinaryIO]:
    with _connected(path) as connection:
        try:
            connection.sendall(render_request(request))
            with connection.makefile("rb") as answers:
                yield answers
        except (OSError, ValueError):
            raise NotAnswering(str(path)) from None


@contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        try:
            with short_address(path) as address:
                _connect(connection, address)
        except (BlockingIOError, TimeoutError):
            raise NotAnswering(str(path)) from None
        except OSError:
            raise NotRunning(str(path)) from None
        yield connection


def _connect(connection: socket.socket, address: str) -> None:
    """A queue that is full at this moment is waited for; raises BlockingIOError when it stays so."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.connect(address)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def _read(answers: BinaryIO) -> dict[str, Any]:
    answer = json.loads(answers.readline())
    if not isinstance(answer, dict):
        raise ValueError("not an object")
    return answer
