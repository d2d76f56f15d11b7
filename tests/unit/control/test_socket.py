"""Both sides of the control socket on real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import grp
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from audio_rtsp.control import acceptor, client, listener, room
from audio_rtsp.control.client import ask
from audio_rtsp.control.listener import ControlListener
from audio_rtsp.control.request import Request
from audio_rtsp.errors import NotAnswering, NotRunning
from unit.host.processes import descriptors, few_descriptors, soon

T = TypeVar("T")
SRC = Path(__file__).resolve().parents[3] / "src"
STATUS = {"streams": [{"name": "küche"}], "big": "x" * 100_000}
AS_NOBODY = ["setpriv", "--reuid", "65534", "--clear-groups", "--"]
ENVIRONMENT = {"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
ASK = """
import json, pathlib, sys
from audio_rtsp.control.client import ask
print(json.dumps(ask(pathlib.Path(sys.argv[1]), sys.argv[2])))
"""


def open_to_all(folder: Path) -> None:
    for one in (folder, *folder.parents):
        if one.stat().st_uid == os.getuid() and one != Path("/"):
            one.chmod(one.stat().st_mode | 0o055)


def listening(path: Path, act: Callable[[ControlListener], Awaitable[T]]) -> T:
    async def main() -> T:
        listener = ControlListener(
            path, reads={"status": lambda _: STATUS}, acts={"reload": lambda _: {"complaints": ["one"]}}
        )
        listener.listen()
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


@pytest.mark.parametrize("error", [ZeroDivisionError(), ValueError("as of a line that is too long")])
def test_a_bug_in_an_answer_closes_the_connection_and_is_told(error: Exception, tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    def bug(_: object) -> dict[str, Any]:
        raise error

    async def main() -> tuple[bytes, list[str]]:
        told: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(repr(context["exception"])))
        listener = ControlListener(path, reads={"bug": bug}, acts={})
        listener.listen()
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(b'{"ask": "bug"}\n')
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        await listener.stop()
        return answer, told

    answer, told = asyncio.run(main())
    assert answer == b""
    assert told == [repr(error)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("status", STATUS),
        ("reload", {"error": "reload is for root, the user that runs audio-rtsp and the group audio-rtsp"}),
    ],
)
def test_everybody_may_ask_and_only_the_owner_may_act(verb: str, answer: dict[str, Any], tmp_path: Path) -> None:
    open_to_all(tmp_path)
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> str:
        argv = [*AS_NOBODY, sys.executable, "-c", ASK, str(path), verb]
        done = await asyncio.to_thread(
            subprocess.run, argv, env=ENVIRONMENT, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    assert json.loads(listening(path, act)) == answer


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(("groups", "may"), [("--clear-groups", False), ("--groups=4321", True)])
def test_a_member_of_the_group_may_act_whoever_he_is(
    groups: str, may: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grp, "getgrnam", lambda name: grp.struct_group((name, "x", 4321, [])))
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> str:
        argv = ["setpriv", "--reuid=65534", "--regid=65534", groups, sys.executable, "-c", ASK, str(path), "reload"]
        environment = {"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
        done = await asyncio.to_thread(
            subprocess.run, argv, env=environment, capture_output=True, text=True, timeout=20
        )
        return str(done.stdout)

    assert ("error" not in json.loads(listening(path, act))) is may


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
        assert caught.value.detail == (f"nothing answers at {tmp_path / name}",)
        assert caught.value.fix.startswith("start it: audio-rtsp run;")


@pytest.mark.parametrize("answer", [b"", b"junk\n", b'{"half": ', b"\xff\xfe\n"])
def test_a_program_that_answers_nonsense_runs_and_does_not_answer(answer: bytes, tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def main() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            writer.write(answer)
            writer.close()

        async with await asyncio.start_unix_server(serve, path=str(path)):
            with pytest.raises(NotAnswering):
                await ask_async(path, "status")

    asyncio.run(main())


def test_a_program_that_hangs_does_not_hang_the_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.2)
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(str(tmp_path / "control.sock"))
        hanging.listen()
        with pytest.raises(NotAnswering):
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


def test_those_who_watch_share_one_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "WATCH_PAUSE", 0.2)
    path = tmp_path / "control.sock"
    made: list[Request] = []

    def status(request: Request) -> dict[str, Any]:
        made.append(request)
        return STATUS

    async def watch() -> None:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=1 << 20)
        writer.write(b'{"ask": "watch"}\n')
        for _ in range(6):
            assert json.loads(await asyncio.wait_for(reader.readline(), 5)) == STATUS
        writer.close()

    async def main() -> None:
        there = ControlListener(path, reads={"status": status}, acts={})
        there.listen()
        await asyncio.gather(*(watch() for _ in range(10)))
        await there.stop()

    asyncio.run(main())
    assert len(made) <= 10 + 3 * 5, "the first answers, and at most a few for all at each beat"


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


def test_a_program_whose_queue_stays_full_runs_and_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.2)
    with contextlib.ExitStack() as opened:
        hanging = opened.enter_context(socket.socket(socket.AF_UNIX))
        hanging.bind(str(tmp_path / "control.sock"))
        hanging.listen(0)
        with contextlib.suppress(BlockingIOError):
            while True:
                waiting = opened.enter_context(socket.socket(socket.AF_UNIX))
                waiting.setblocking(False)
                waiting.connect(str(tmp_path / "control.sock"))
        with pytest.raises(NotAnswering) as caught:
            ask(tmp_path / "control.sock", "status")
    assert "runs but does not answer" in caught.value.what


def test_a_queue_that_is_full_for_a_moment_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, tried = tmp_path / "control.sock", threading.Event()
    monkeypatch.setattr(client, "time", SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: tried.set()))

    async def act(_: ControlListener) -> dict[str, Any]:
        with ThreadPoolExecutor() as pool, contextlib.ExitStack() as opened:
            with contextlib.suppress(BlockingIOError):
                while True:
                    one = opened.enter_context(socket.socket(socket.AF_UNIX))
                    one.setblocking(False)
                    one.connect(str(path))
            answer = pool.submit(ask, path, "status")
            assert tried.wait(5), "it met the full queue: nobody was let in meanwhile"
            return await asyncio.wrap_future(answer)

    assert listening(path, act) == STATUS


def test_the_owners_own_flood_lets_the_owner_in(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> dict[str, Any]:
        flood = [await asyncio.open_unix_connection(str(path)) for _ in range(2 * room.MOST_OF_OURS)]
        try:
            return await ask_async(path, "status")
        finally:
            for _reader, writer in flood:
                writer.close()

    assert listening(path, act) == STATUS


def test_of_a_burst_of_the_owners_own_no_more_stay_than_there_is_room_for(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> bool:
        with contextlib.ExitStack() as opened:
            for _number in range(listener.BACKLOG):
                opened.enter_context(socket.socket(socket.AF_UNIX)).connect(str(path))
            before = descriptors()
            assert await soon(lambda: descriptors() > before), "they are let in"
            return await soon(lambda: descriptors() - before <= room.MOST_OF_OURS, 1.0)

    assert listening(path, act)


FILL = """
import contextlib, json, pathlib, socket, sys, time
from audio_rtsp.control.client import ask
from audio_rtsp.errors import NotAnswering
path = pathlib.Path(sys.argv[1])
many = [socket.socket(socket.AF_UNIX) for _ in range(int(sys.argv[2]))]
for one in many:
    one.connect(str(path))
    with contextlib.suppress(OSError):  # it was turned away already
        one.send(b'{"ask": "status"}\\n')
try:
    print("mine", len(ask(path, "status")), flush=True)
except NotAnswering:
    print("turned away", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_who_fills_it_shuts_out_only_himself(tmp_path: Path) -> None:
    open_to_all(tmp_path)
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> tuple[bytes, dict[str, Any]]:
        argv = [*AS_NOBODY, sys.executable, "-c", FILL, str(path), "80"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        nobody = await asyncio.create_subprocess_exec(*argv, env=ENVIRONMENT, **pipes)  # type: ignore[arg-type]
        assert nobody.stdout
        said = await asyncio.wait_for(nobody.stdout.readline(), 20)
        answer = await ask_async(path, "status")
        await nobody.communicate(b"")
        return said, answer

    assert listening(path, act) == (b"turned away\n", STATUS)


def test_a_question_that_is_never_finished_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "FIRST_LIMIT", 0.2)
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=1 << 20)
        writer.write(b'{"ask": "sta')
        try:
            return await asyncio.wait_for(reader.read(), 5)
        finally:
            writer.close()

    assert listening(path, act) == b""


def test_a_thousand_questions_at_once_are_answered_one_by_one(tmp_path: Path) -> None:
    path, answered = tmp_path / "control.sock", list[float]()

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def status(_: object) -> dict[str, Any]:
            answered.append(loop.time())
            return {}

        counting = ControlListener(path, reads={"status": status}, acts={})
        counting.listen()
        _, writer = await asyncio.open_unix_connection(str(path))
        writer.write(b'{"ask": "status"}\n' * 1000)
        assert await soon(lambda: len(answered) == 4)
        writer.close()
        await counting.stop()

    asyncio.run(main())
    assert len(answered) == 4
    assert min(later - sooner for sooner, later in itertools.pairwise(answered)) >= 0.045


def test_after_the_first_answer_a_pause_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "FIRST_LIMIT", 0.2)
    path = tmp_path / "control.sock"

    async def act(_: ControlListener) -> list[bytes]:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=1 << 20)
        answers = []
        for pause in (0.0, 0.5):
            await asyncio.sleep(pause)
            writer.write(b'{"ask": "status"}\n')
            answers.append(await asyncio.wait_for(reader.readline(), 5))
        writer.close()
        return answers

    assert [json.loads(line) for line in listening(path, act)] == [STATUS] * 2


def test_without_a_free_descriptor_it_rests_says_so_once_and_answers_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptor, "PAUSE", 0.05)
    path, told = tmp_path / "control.sock", list[str]()

    async def act(_: ControlListener) -> dict[str, Any]:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(5)
            with few_descriptors(0):
                asking.connect(str(path))
                asking.sendall(b'{"ask": "status"}\n')
                await asyncio.sleep(0.5)
            answer: dict[str, Any] = json.loads(await asyncio.to_thread(asking.makefile("rb").readline))
            return answer

    assert listening(path, act) == STATUS
    assert len(told) == 1
    assert "LimitNOFILE=" in told[0]
