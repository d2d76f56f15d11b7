"""A media server as a child of ours: started, watched, started again. The servers are real ones."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from audio_rtsp.errors import PortTaken, ProgramMissing, ServerFailed
from audio_rtsp.server import patience
from audio_rtsp.server.child import ServerChild, ServerCommand
from audio_rtsp.server.mediamtx.command import mediamtx_command
from audio_rtsp.server.mediamtx.conf import PrivateConf, render_conf
from audio_rtsp.server.mediamtx.errors import MediaMtxMissing
from audio_rtsp.server.mediamtx.find import USUAL_PLACE, find_binary
from audio_rtsp.server.mediamtx.users import Access
from audio_rtsp.server.protocol import ServerAway
from media_servers import BINARIES, binary_or_skip
from unit.host.processes import children, descriptors, few_descriptors, soon

HTTP = """
import http.server, os, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words): pass
    def do_GET(self):
        if self.path == "/end":
            print("ERR out of memory", flush=True); os._exit(1)
        self.send_response(200); self.end_headers(); self.wfile.write(b'{"items": [], "pageCount": 0}')
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


def free() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mediamtx(binary: str, folder: Path, *, rtsp_port: int = 0, user: str = "", password: str = "") -> ServerCommand:
    return mediamtx_command(
        binary=binary_or_skip(binary),
        folder=folder,
        rtsp_port=rtsp_port or free(),
        api_port=free(),
        read_user=user,
        read_password=password,
    )


def fake(*argv: str, prepare: Callable[[], None] = lambda: None) -> ServerCommand:
    port = free()
    words = argv or (sys.executable, "-c", HTTP, str(port))
    return ServerCommand(name="fake", rtsp_port=free(), api_port=port, argv=words, prepare=prepare)


async def started(command: ServerCommand) -> ServerChild:
    """Another program of this machine may take the pair of UDP ports that was free just before."""
    for _ in range(5):
        server = ServerChild(command)
        try:
            await server.start()
        except ServerFailed as error:
            if "already in use" not in error.what:
                raise
        else:
            return server
    raise AssertionError("no free UDP ports")


@asynccontextmanager
async def running(command: ServerCommand) -> AsyncIterator[ServerChild]:
    before, files = children(), descriptors()
    server = await started(command)
    try:
        yield server
    finally:
        await server.stop()
        await asyncio.sleep(0.01)
        assert children() == before
        assert descriptors() <= files


@pytest.mark.parametrize("binary", BINARIES)
@pytest.mark.parametrize(("user", "password"), [("", ""), ("listener", "s3cret!$()*"), ("", "password-alone")])
def test_a_real_mediamtx_takes_its_configuration_and_answers(
    binary: str, user: str, password: str, tmp_path: Path
) -> None:
    async def main() -> None:
        async with running(mediamtx(binary, tmp_path, user=user, password=password)) as server:
            assert await server.paths() == {}
            with closing(socket.create_connection(("127.0.0.1", server.rtsp_port), 2)):
                pass

    asyncio.run(main())
    assert (tmp_path / "mediamtx.yml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("binary", BINARIES)
def test_a_port_that_is_taken_is_told_with_its_holder(binary: str, tmp_path: Path) -> None:
    files = descriptors()
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        command = mediamtx(binary, tmp_path, rtsp_port=taken.getsockname()[1])
        with pytest.raises(PortTaken) as caught:
            asyncio.run(ServerChild(command).start())
    assert f"port {command.rtsp_port} is taken by" in caught.value.what
    assert f"(pid {os.getpid()})" in caught.value.what
    assert "--rtsp-port" in caught.value.fix
    assert descriptors() <= files


def test_a_server_that_nobody_could_ask_for_want_of_files_is_not_taken_for_hung(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "ANSWER_LIMIT", 0.05)

    async def main() -> None:
        async with running(fake()) as server:
            await asyncio.sleep(0.1)
            with few_descriptors(0), pytest.raises(ServerAway, match=r"cannot be asked: .* no more files"):
                await server.paths()
            server.judge_silence()
            await asyncio.sleep(0.1)
            assert await server.paths() == {}
            assert server.restarts == 0

    asyncio.run(main())


def _is_another(server: ServerChild, old: int) -> bool:
    return server.pid not in (None, old)


def test_a_server_that_dies_is_started_again(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(fake()) as server:
            for restarts in (1, 2):
                first = server.pid
                assert first is not None
                os.kill(first, signal.SIGKILL)
                assert await soon(partial(_is_another, server, first))
                assert server.restarts == restarts

    asyncio.run(main())


async def answers(server: ServerChild) -> bool:
    for _ in range(500):
        with contextlib.suppress(ServerAway):
            return await server.paths() == {}
        await asyncio.sleep(0.01)
    return False


def test_a_server_that_hangs_is_killed_and_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "ANSWER_LIMIT", 0.3)
    told: list[str] = []

    async def main() -> None:
        async with running(fake()) as server:
            server.on_restart = told.append
            first = server.pid
            assert first is not None
            server.judge_silence()
            await asyncio.sleep(0.05)
            assert server.pid == first, "one that has just answered is left alone"
            os.kill(first, signal.SIGSTOP)
            await asyncio.sleep(0.3)
            server.judge_silence()
            assert await soon(lambda: server.pid not in (None, first))
            server.judge_silence()
            await asyncio.sleep(0.05)
            assert (server.restarts, told) == (1, []), "a new one gets its time"
            assert await answers(server)
            assert told == ["it does not answer"]

    asyncio.run(main())


def test_a_server_that_ended_by_itself_is_told_with_its_last_words() -> None:
    told: list[str] = []
    command = fake()

    async def main() -> None:
        async with running(command) as server:
            server.on_restart = told.append
            with closing(socket.create_connection(("127.0.0.1", command.api_port))) as end:
                end.sendall(b"GET /end HTTP/1.0\r\n\r\n")
                assert await soon(lambda: server.restarts == 1)
            assert await answers(server)

    asyncio.run(main())
    assert told == ["it ended by itself: ERR out of memory"]


def test_a_server_that_was_killed_is_told_with_the_signal_and_not_with_its_greeting() -> None:
    told: list[str] = []
    greeting = 'print("listening: rtsp://*:1", flush=True)\n'
    port = free()
    argv = (sys.executable, "-c", greeting + HTTP, str(port))
    command = ServerCommand(name="fake", rtsp_port=free(), api_port=port, argv=argv, greeting="listening: ")

    async def main() -> None:
        async with running(command) as server:
            server.on_restart = told.append
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            assert await soon(lambda: server.restarts == 1)
            assert await answers(server)

    asyncio.run(main())
    assert told == ["it ended by itself, exit status -9"]


def test_a_server_that_cannot_be_started_again_at_first_is_tried_until_it_can() -> None:
    """A full disk where its configuration is written, a binary that is being replaced."""
    is_full = False

    def prepare() -> None:
        if is_full:
            raise OSError(28, "No space left on device")

    async def main() -> None:
        nonlocal is_full
        async with running(fake(prepare=prepare)) as server:
            is_full = True
            first = server.pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            assert await soon(lambda: server.pid is None)
            await asyncio.sleep(0.1)
            is_full = False
            assert await soon(lambda: server.pid is not None)

    asyncio.run(main())


def test_what_keeps_a_server_from_starting_again_is_told_once_and_is_the_reason_until_it_answers(
    tmp_path: Path,
) -> None:
    """Its port was taken between two runs."""
    told: list[str] = []
    failures: list[str] = []
    flag, api_port, rtsp_port = tmp_path / "taken", free(), free()
    words = f"port {rtsp_port} is taken by sshd (pid 7)"
    script = f"import pathlib, sys\npathlib.Path({str(flag)!r}).exists() and sys.exit({words!r})\n{HTTP}"
    argv = (sys.executable, "-c", script, str(api_port))

    async def main() -> None:
        async with running(ServerCommand(name="fake", rtsp_port=rtsp_port, api_port=api_port, argv=argv)) as server:
            server.on_restart, server.on_failure = told.append, failures.append
            flag.touch()
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            assert await soon(lambda: failures != [] and server.restarts >= 3)
            assert told == [], "nothing was restarted"
            with pytest.raises(ServerAway, match=f"port {rtsp_port} is taken by"):
                await server.paths()
            flag.unlink()
            assert await answers(server)

    asyncio.run(main())
    assert failures == [f"port {rtsp_port} is taken by another program"]
    assert told == ["it ended by itself, exit status -9"]


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("exit 1", "fake does not start: it ended without a word"),
        ("echo trouble at last >&2; exit 1", "fake does not start: trouble at last"),
        ("echo ERR: json: unknown field; exit 0", "fake does not start: ERR: json: unknown field"),
    ],
)
def test_a_server_that_ends_at_once_failed_with_its_last_words(script: str, says: str) -> None:
    with pytest.raises(ServerFailed) as caught:
        asyncio.run(ServerChild(fake("sh", "-c", script)).start())
    assert caught.value.what == says


@pytest.mark.parametrize("line", ["ERR listen tcp :PORT: bind: address already in use", "port PORT is taken by sshd"])
def test_either_servers_word_for_a_taken_port_is_understood(line: str) -> None:
    command = fake("sh", "-c", 'echo "$0"; exit 1', "placeholder")
    said = line.replace("PORT", str(command.rtsp_port))
    with pytest.raises(PortTaken):
        asyncio.run(ServerChild(replace(command, argv=(*command.argv[:-1], said))).start())


def test_another_port_that_is_taken_is_not_called_the_rtsp_port() -> None:
    line = "ERR listen udp :18000: bind: address already in use"
    with pytest.raises(ServerFailed, match="udp :18000"):
        asyncio.run(ServerChild(fake("sh", "-c", f"echo '{line}'; exit 1")).start())


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(ProgramMissing):
        asyncio.run(ServerChild(fake("no-such-server")).start())


def test_a_cancelled_start_leaves_no_child() -> None:
    async def main() -> None:
        before = children()
        starting = asyncio.create_task(ServerChild(fake("sleep", "60")).start())
        assert await soon(lambda: children() > before)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        assert children() == before

    asyncio.run(main())


def test_a_server_that_is_deaf_is_stopped_all_the_same() -> None:
    ignoring = "import signal; signal.signal(2, signal.SIG_IGN); signal.signal(15, signal.SIG_IGN)\n"

    async def main() -> float:
        port = free()
        argv = (sys.executable, "-c", ignoring + HTTP, str(port))
        server = ServerChild(ServerCommand(name="deaf", rtsp_port=free(), api_port=port, argv=argv))
        await server.start()
        began = asyncio.get_running_loop().time()
        await server.stop()
        assert server.pid is None
        return asyncio.get_running_loop().time() - began

    assert 1.0 <= asyncio.run(main()) < 3.0


def test_a_configuration_that_is_there_is_not_written_again_so_that_a_full_disk_stops_no_restart(
    tmp_path: Path,
) -> None:
    command = mediamtx_command(
        binary="/no/binary", folder=tmp_path, rtsp_port=free(), api_port=free(), read_user="", read_password=""
    )
    path = tmp_path / "mediamtx.yml"
    for _ in range(5):  # another program may take the pair of UDP ports in between
        command.prepare()
        before = (path.stat().st_ino, path.read_bytes())
        command.prepare()
        if path.read_bytes() == before[1]:
            break
    assert (path.stat().st_ino, path.read_bytes()) == before
    path.write_bytes(b"half")
    command.prepare()
    assert path.read_bytes() != b"half"


def test_only_this_host_may_publish_and_all_readers_are_asked_for_the_password() -> None:
    access = Access(user="me", password="x")
    whole = json.loads(render_conf(PrivateConf(rtsp_port=1, api_port=2, udp_port=18000, access=access)))
    here, others = whole["authInternalUsers"]
    assert here["ips"] == ["127.0.0.1", "::1"]
    assert {"action": "publish"} in here["permissions"]
    assert {"action": "read"} not in here["permissions"]
    assert (others["user"], others["pass"], others["ips"]) == ("me", "x", [])
    assert others["permissions"] == [{"action": "read"}, {"action": "playback"}]
    assert whole["apiAddress"].startswith("127.0.0.1:")
    assert (whole["rtpAddress"], whole["rtcpAddress"]) == (":18000", ":18001")


def test_without_a_free_pair_of_udp_ports_tcp_must_do() -> None:
    whole = json.loads(render_conf(PrivateConf(rtsp_port=1, api_port=2)))
    assert whole["rtspTransports"] == ["tcp"]
    assert "rtpAddress" not in whole


def test_the_named_binary_wins_and_must_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, on_path = tmp_path / "mine", tmp_path / "bin" / "mediamtx"
    on_path.parent.mkdir()
    for path in (named, on_path):
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(on_path.parent))
    assert find_binary(str(named)) == str(named)
    assert find_binary(str(tmp_path)) is None
    assert find_binary(str(tmp_path / "nothing")) is None
    assert find_binary() == str(on_path)
    on_path.unlink()
    assert find_binary() in (None, USUAL_PLACE)
    named.chmod(0o644)
    assert find_binary(str(named)) is None
    assert "--server embedded" in MediaMtxMissing(str(named)).fix


LOSES_ITS_UDP_PORT = """
import pathlib, sys
tries = pathlib.Path(sys.argv[2])
tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
if len(tries.read_text()) <= int(sys.argv[3]):
    sys.exit("ERR listen udp :18000: bind: address already in use")
"""


@pytest.mark.parametrize(("losses", "starts"), [(0, True), (2, True), (3, False)])
def test_a_udp_port_taken_in_between_is_tried_anew_a_few_times(tmp_path: Path, losses: int, starts: bool) -> None:
    """Two servers that start together find the same pair free; the next look finds another."""
    port = free()
    argv = (sys.executable, "-c", LOSES_ITS_UDP_PORT + HTTP, str(port), str(tmp_path / "tries"), str(losses))
    command = ServerCommand(name="fake", rtsp_port=free(), api_port=port, argv=argv, luckless="listen udp")

    async def main() -> None:
        server = ServerChild(command)
        try:
            await server.start()
        finally:
            await server.stop()

    if starts:
        asyncio.run(main())
    else:
        with pytest.raises(ServerFailed, match="listen udp"):
            asyncio.run(main())
    assert len((tmp_path / "tries").read_text()) == min(losses + 1, 3)
