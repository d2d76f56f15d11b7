"""One HTTP GET on this machine, and the API behind it."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.server import api
from audio_rtsp.server.api import ControlApi
from audio_rtsp.server.http import LARGEST_ANSWER, BadAnswer, get, parse_answer
from audio_rtsp.server.mediamtx.installed import InstalledServer
from audio_rtsp.server.protocol import ServerAway
from unit.server.little_server import answering, deaf, nobody, ok

WIRE = Path(__file__).resolve().parents[2] / "wire/mediamtx"


def fetch(port: int, timeout: float = 2.0) -> bytes:
    return asyncio.run(get(port, "/v3/paths/list", timeout))


def ask(port: int) -> list[str]:
    return list(asyncio.run(ControlApi(port).paths()))


def test_the_body_of_a_good_answer_is_the_answer() -> None:
    with answering(ok(b'{"items": []}')) as server:
        assert fetch(server.port) == b'{"items": []}'
    assert server.requests[0].startswith(b"GET /v3/paths/list HTTP/1.0\r\nHost: 127.0.0.1\r\n")
    assert server.requests[0].endswith(b"\r\n\r\n")


def test_an_answer_in_pieces_is_put_together() -> None:
    body = json.dumps({"items": ["x" * 200] * 2000}).encode()
    whole = ok(body)
    with answering([whole[index : index + 10_000] for index in range(0, len(whole), 10_000)]) as server:
        assert fetch(server.port) == body


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.0 404 Not Found\r\n\r\n{}", "HTTP status 404"),
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", "HTTP status 401"),
        (b"HTTP/1.0 500 Internal Server Error\r\n\r\n", "HTTP status 500"),
        (b"HTTP/1.0 200 OK\r\nContent-Ty", "HTTP status 200"),
        (b"", "HTTP status missing"),
        (b"\x00\xff\r\n\r\n", "HTTP status missing"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n", "HTTP status missing"),
        (b"RTSP/1.0 400 Bad Request\r\n\r\n", "HTTP status 400"),
    ],
)
def test_anything_else_is_a_bad_answer(answer: bytes, says: str) -> None:
    with answering(answer) as server, pytest.raises(BadAnswer) as caught:
        fetch(server.port)
    assert says in str(caught.value)


def test_a_server_that_does_not_answer_is_given_up_in_time() -> None:
    began = time.monotonic()
    with deaf() as port, pytest.raises(TimeoutError):
        fetch(port, 0.2)
    assert time.monotonic() - began < 1.0


def test_nobody_there_is_an_error_of_the_machine() -> None:
    with nobody() as port, pytest.raises(ConnectionRefusedError):
        fetch(port)


def test_an_answer_without_end_is_given_up_before_it_fills_the_memory() -> None:
    piece = b"x" * (1 << 20)
    endless = [ok(b""), *[piece] * ((LARGEST_ANSWER >> 20) + 8)]
    with answering(endless) as server, pytest.raises(BadAnswer, match="more than 8 MiB"):
        fetch(server.port, 10.0)


@given(st.binary(max_size=100))
def test_any_bytes_are_an_answer_or_a_bad_one(answer: bytes) -> None:
    try:
        parse_answer(answer)
    except BadAnswer as error:
        assert "HTTP status" in str(error)


def test_the_paths_of_all_pages_are_found_by_name() -> None:
    first = (WIRE / "v1.20.1/paths-page.json").read_bytes()
    second = json.dumps({"pageCount": 2, "items": [{"name": "last", "online": True}]}).encode()
    with answering(ok(first), ok(second)) as server:
        assert ask(server.port) == ["aac", "dyn", "last"]
    lines = [request.split(b"\r\n")[0] for request in server.requests]
    assert lines == [f"GET /v3/paths/list?page={page}&itemsPerPage=1000 HTTP/1.0".encode() for page in (0, 1)]


@pytest.mark.parametrize("version", sorted(path.name for path in WIRE.iterdir()))
def test_the_captured_answer_of_every_version_is_understood(version: str) -> None:
    with answering(ok((WIRE / version / "paths-publishing.json").read_bytes())) as server:
        assert ask(server.port) == ["aac", "dyn", "mic-desk", "mic-door"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.0 404 Not Found\r\n\r\n", "HTTP status 404"),
        (ok(b'{"items": [{"name": "a"'), "not JSON"),
        (ok(b'{"items": [{}]}'), "items[0].name: expected text, got null"),
        (b"", "HTTP status missing"),
    ],
)
def test_a_server_that_does_not_speak_is_away_with_the_reason(answer: bytes, says: str) -> None:
    with answering(answer) as server, pytest.raises(ServerAway) as caught:
        ask(server.port)
    assert says in str(caught.value)


def test_nobody_there_is_away_too() -> None:
    with nobody() as port, pytest.raises(ServerAway, match="nothing listens on its port"):
        ask(port)


def test_of_a_server_that_systemd_runs_the_owner_is_told_where_to_look() -> None:
    with nobody() as port, pytest.raises(ServerAway, match=r"; see: sudo systemctl status mediamtx$"):
        asyncio.run(InstalledServer(1, port).paths())


def test_a_server_that_is_killed_meanwhile_is_away_in_words() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()

    async def main() -> str:
        async with await asyncio.start_server(cut, "127.0.0.1", 0) as server:
            with pytest.raises(ServerAway) as caught:
                await ControlApi(server.sockets[0].getsockname()[1]).paths()
            return str(caught.value)

    assert asyncio.run(main()) == "connection reset by peer"


def test_a_slow_answer_is_waited_for_once_the_first_one_was_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """An overloaded board: late each time, yet there."""
    monkeypatch.setattr(api, "PATIENCE", 0.2)
    monkeypatch.setattr(api, "MORE_PATIENCE", 5.0)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        await asyncio.sleep(0.3)
        writer.write(ok(b'{"items": [], "pageCount": 1}'))
        writer.close()

    async def main() -> list[str]:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            control, found = ControlApi(server.sockets[0].getsockname()[1]), []
            for _ in range(3):
                try:
                    found.append(str(await control.paths()))
                except ServerAway as away:
                    found.append(str(away))
            return found

    assert asyncio.run(main()) == ["it does not answer", "{}", "{}"]


def test_a_listener_who_left_meanwhile_keeps_nobody_else() -> None:
    readers = [{"type": "rtspSession", "id": name} for name in ("left", "stays")]
    gone = b"HTTP/1.0 404 Not Found\r\n\r\n"
    with answering(ok(json.dumps({"readers": readers}).encode()), gone, ok(b"{}")) as server:
        asyncio.run(ControlApi(server.port).dismiss("mic"))
    asked = [request.split(b" ")[1].decode() for request in server.requests]
    assert asked == ["/v3/paths/get/mic", "/v3/rtspsessions/kick/left", "/v3/rtspsessions/kick/stays"]
