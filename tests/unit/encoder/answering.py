"""A server of a few lines: answers every RTSP request, the one named method with another status."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def answering(status: str, method: str) -> Iterator[int]:
    """Listen on a free port; *status* is the answer to *method*, and an empty one closes the connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, status, method), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _serve(listener: socket.socket, status: str, method: str) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            _answer(connection, status, method)


def _answer(connection: socket.socket, status: str, method: str) -> None:
    data = b""
    connection.settimeout(5)
    while part := connection.recv(65536):
        data += part
        head, found, rest = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if not found or len(rest) < int(length[1] if length else 0):
            continue
        data = rest[int(length[1]) :] if length else rest
        is_named = head.startswith(method.encode())
        if is_named and not status:
            return
        sequence = re.search(rb"(?i)cseq: (\d+)", head)
        lines = (f"RTSP/1.0 {status if is_named else '200 OK'}", f"CSeq: {int(sequence[1]) if sequence else 0}")
        more = (
            "Session: 1",
            "Transport: RTP/AVP/TCP;unicast;interleaved=0-1",
            "Public: ANNOUNCE, SETUP, RECORD",
            "",
            "",
        )
        connection.sendall("\r\n".join((*lines, *more)).encode())
