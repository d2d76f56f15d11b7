"""One HTTP request on this machine, for a server that is asked every two seconds for years.

HTTP/1.0 (RFC 1945): the answer ends with the connection, so there is no chunking and nothing to keep open. The
standard library's client blocks, and costs 10 MB that a 512 MB board feels.
"""

from __future__ import annotations

import asyncio

LARGEST_ANSWER = 8 << 20


class BadAnswer(Exception):
    """The answer is not what was asked for."""


async def get(port: int, target: str, timeout: float = 2.0, *, method: str = "GET") -> bytes:
    """The body of a 200 answer from 127.0.0.1; raises OSError, TimeoutError or BadAnswer."""
    async with asyncio.timeout(timeout):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LARGEST_ANSWER)
        try:
            writer.write(f"{method} {target} HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode())
            answer = b""
            while more := await reader.read(LARGEST_ANSWER):
                answer += more
                if len(answer) > LARGEST_ANSWER:
                    raise BadAnswer(f"it has more than {LARGEST_ANSWER >> 20} MiB")
        finally:
            writer.close()
    return parse_answer(answer)


def parse_answer(answer: bytes) -> bytes:
    """The body behind the headers; raises BadAnswer unless the status is 200."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if not blank or status != [b"200"]:
        raise BadAnswer(f"HTTP status {b''.join(status).decode(errors='replace') or 'missing'}")
    return body
