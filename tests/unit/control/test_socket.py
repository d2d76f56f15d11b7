"""Both sides of the control socket on real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from audio_rtsp.control import client, listener
from audio_rtsp.control.client import ask
from audio_rtsp.control.listener import ControlListener
from audio_rtsp.errors import NotRunning

T = TypeVar("T")
SRC = Path(__file__).resolve().parents[3] / "src"
STATUS = {"streams": [{"name": "küche"}], "big": "x" * 100_000}
AS_NOBODY = ["setpriv", "--reuid", "65534", "--clear-groups", "--"]
ASK = """
import json, pathlib, sys
from audio_rtsp.control.client import ask
print(json.dumps(ask(pathlib.Path(sys.argv[1]), sys.argv[2])))
"""


def listening(path: Path, act: Callable[[ControlListener], Awaitable[T]]) -> T:
    async def main() -> T:
        listener = ControlListener(
            path, reads={"status": lambda _: STATUS}, acts={"reload": lambda _: {"complaints": ["one"]}}
        )
        await listener.start()
        try:
            return await act(listener)
        finally:
            await listener.stop()
            await asyncio.sleep(0.02)

    return asyncio.run(main())


async def ask_async(path: Path, verb: str) -> dict[str, Any]:
    return await asyncio.to_thread(ask, path, verb)


async def say(path: Path, data: bytes) -> bytes:
    """All that comes back until the listener closes or is quiet."""
    reader, writer = await asyncio.open_unix_connection(str(path), limit=1 << 20)
    writer.write(data)
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer


def test_a_question_is_answered(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    assert listening(path, lambda _: ask_async(path, "status")) == STATUS


def test_the_owner_may_act(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    assert listening(path, lambda _: ask_async(path, "reload")) == {"complaints": ["one"]}


def test_an_unknown_verb_is_told_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    answer = listening(path, lambda _: ask_async(path, "explode"))
    assert answer == {"error": "unknown verb 'explode'; known: watch, status, reload"}


def test_several_questions_on_one_connection_have_several_answers(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    answer = listening(path, lambda _: say(path, b'{"ask": "reload"}\njunk\n{"ask": "x"}\n'))
    lines = [json.loads(line) for line in answer.splitlines()]
    assert lines[0] == {"complaints": ["one"]}
    assert lines[1] == {"error": "expected one JSON object a line"}
    assert "unknown verb" in lines[2]["error"]


@pytest.mark.parametrize(
    "junk", [b"", b"\n", b"\x00" * 100, b"x" * 200_000, b'{"ask": "sta', b"[" * 60_000 + b"\n", b"\xff\n" * 50]
)
def test_junk_and_endless_lines_end_one_connection_and_nothing_else(junk: bytes, tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> dict[str, Any]:
        with contextlib.suppress(ConnectionError):
            await say(path, junk)
        return await ask_async(path, "status")

    assert listening(path, act) == STATUS


def test_a_client_that_never_reads_holds_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as rude:
            rude.connect(str(path))
            rude.sendall(b'{"ask": "status"}\n' * 1000)
            await asyncio.sleep(0.05)
            async with asyncio.timeout(3):
                return await ask_async(path, "status")

    assert listening(path, act) == STATUS


def test_many_clients_at_once_are_all_answered(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> list[dict[str, Any]]:
        return await asyncio.gather(*(ask_async(path, "status") for _ in range(20)))

    assert listening(path, act) == [STATUS] * 20


def test_a_bug_in_an_answer_closes_the_connection(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    def bug(_: object) -> dict[str, Any]:
        raise ZeroDivisionError

    async def main() -> tuple[bytes, list[str]]:
        told: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(repr(context["exception"])))
        listener = ControlListener(path, reads={"bug": bug}, acts={})
        await listener.start()
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(b'{"ask": "bug"}\n')
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        await listener.stop()
        return answer, told

    answer, told = asyncio.run(main())
    assert answer == b""
    assert told == ["ZeroDivisionError()"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("status", STATUS),
        ("reload", {"error": "reload is for root, the user that runs audio-rtsp and the group audio-rtsp"}),
    ],
)
def test_everybody_may_ask_and_only_the_owner_may_act(verb: str, answer: dict[str, Any], tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> str:
        argv = [*AS_NOBODY, sys.executable, "-c", ASK, str(path), verb]
        environment = {"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
        done = await asyncio.to_thread(
            subprocess.run, argv, env=environment, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    assert json.loads(listening(path, act)) == answer


def test_a_folder_that_is_too_deep_for_a_socket_address_is_deep_enough(tmp_path: Path) -> None:
    path = tmp_path / ("d" * 100) / ("e" * 100) / "control.sock"
    path.parent.mkdir(parents=True)
    assert len(str(path)) > 200
    assert listening(path, lambda _: ask_async(path, "status")) == STATUS


def test_the_socket_of_a_dead_program_is_replaced_and_ours_goes_with_us(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert listening(path, lambda _: ask_async(path, "status")) == STATUS
    assert not path.exists()


def test_everybody_can_reach_the_socket(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> int:
        return path.stat().st_mode & 0o777

    assert listening(path, act) == 0o666


def test_starting_and_stopping_costs_no_descriptor(tmp_path: Path) -> None:
    async def once(_: ControlListener) -> None:
        return

    listening(tmp_path / "control.sock", once)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        listening(tmp_path / "control.sock", once)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_without_a_program_the_client_says_how_to_start_one(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead"))
    for name in ("nothing", "no/folder", "plain", "dead"):
        with pytest.raises(NotRunning) as caught:
            ask(tmp_path / name, "status")
        assert str(tmp_path / name) in caught.value.what
        assert caught.value.fix == "start it: audio-rtsp run"


@pytest.mark.parametrize("answer", [b"", b"junk\n", b'{"half": ', b"\xff\xfe\n"])
def test_a_program_that_answers_nonsense_does_not_run(answer: bytes, tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def main() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            writer.write(answer)
            writer.close()

        async with await asyncio.start_unix_server(serve, path=str(path)):
            with pytest.raises(NotRunning):
                await ask_async(path, "status")

    asyncio.run(main())


def test_a_program_that_hangs_does_not_hang_the_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.2)
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(str(tmp_path / "control.sock"))
        hanging.listen()
        with pytest.raises(NotRunning):
            ask(tmp_path / "control.sock", "status")


def test_a_watcher_is_told_again_and_again_until_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "WATCH_PAUSE", 0.02)
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> list[bytes]:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=1 << 20)
        writer.write(b'{"ask": "watch"}\n')
        lines = [await asyncio.wait_for(reader.readline(), 5) for _ in range(4)]
        writer.close()
        return lines

    assert [json.loads(line) for line in listening(path, act)] == [STATUS] * 4


def test_a_watcher_that_never_reads_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "WATCH_PAUSE", 0.005)
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> int:
        with socket.socket(socket.AF_UNIX) as rude:
            rude.setblocking(False)
            rude.connect(str(path))
            rude.send(b'{"ask": "watch"}\n')
            await asyncio.sleep(0.4)
            got = 0
            while data := await asyncio.wait_for(asyncio.get_running_loop().sock_recv(rude, 1 << 20), 5):
                got += len(data)
            return got

    assert listening(path, act) < 4 * listener.SLOW_LIMIT


def test_too_many_connections_are_turned_away_and_come_in_when_others_go(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> dict[str, Any]:
        many = [await asyncio.open_unix_connection(str(path)) for _ in range(listener.MOST_CONNECTIONS)]
        await asyncio.sleep(0.05)
        with pytest.raises(NotRunning):
            await ask_async(path, "status")
        for _, writer in many:
            writer.close()
        await asyncio.sleep(0.05)
        return await ask_async(path, "status")

    assert listening(path, act) == STATUS
