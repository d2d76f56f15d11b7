"""A server of a few lines that answers each connection with the next bytes it was given."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class LittleServer:
    port: int
    requests: list[bytes] = field(default_factory=list)


@contextmanager
def answering(*answers: bytes | Sequence[bytes]) -> Iterator[LittleServer]:
    """One answer a connection, the last one for all that follow; a sequence is sent in pieces."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = LittleServer(port=listener.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listener, server, answers), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


@contextmanager
def deaf() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@contextmanager
def nobody() -> Iterator[int]:
    """A port that refuses connections and that nobody else gets meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def ok(body: bytes) -> bytes:
    return b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + body


def _serve(listener: socket.socket, server: LittleServer, answers: Sequence[bytes | Sequence[bytes]]) -> None:
    for number in range(10_000):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            server.requests.append(connection.recv(65536))
            answer = answers[min(number, len(answers) - 1)]
            try:
                for piece in (answer,) if isinstance(answer, bytes) else answer:
                    connection.sendall(piece)
            except OSError:
                continue
