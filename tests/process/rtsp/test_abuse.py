"""Bad clients, many clients, and wrong ones: nobody else notices, nothing grows."""

from __future__ import annotations

import contextlib
import os
import random
import re
import resource
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from process.rtsp.api import ask, find_path, wait_readers
from process.rtsp.child import ServerProcess, listening_child, serving, wait_until
from process.rtsp.players import publishing, reader_argv
from process.rtsp.rtsp_client import MP3_SDP, client, mp3_packet, play, publish
from process.rtsp.tone import RATE, is_tone

pytestmark = pytest.mark.timeout(30)

SEEDS = (
    b"OPTIONS rtsp://h/t RTSP/1.0\r\nCSeq: 1\r\n\r\n",
    b"DESCRIBE rtsp://h/t RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n",
    b"SETUP rtsp://h/t/trackID=0 RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n",
    b"PLAY rtsp://h/t RTSP/1.0\r\nCSeq: 4\r\n\r\n",
    b"ANNOUNCE rtsp://h/f RTSP/1.0\r\nCSeq: 5\r\nContent-Type: application/sdp\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(MP3_SDP), MP3_SDP.encode()),
    b"RECORD rtsp://h/f RTSP/1.0\r\nCSeq: 6\r\n\r\n",
    b"$\x00\x00\x10" + mp3_packet(1, 1)[:16],
    b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)


def mutate(chance: random.Random) -> bytes:
    """Some valid requests with some bytes wrong, missing or doubled."""
    data = bytearray(b"".join(chance.choices(SEEDS, k=chance.randint(1, 6))))
    for _ in range(chance.choice((0, 0, 1, 3, 10))):
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 20)]
            case _:
                data[at:at] = chance.randbytes(chance.randint(1, 20))
        data = data or bytearray(b"x")
    return bytes(data)


def descriptors(server: ServerProcess) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def memory_kb(server: ServerProcess) -> int:
    text = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    assert found
    return int(found[1])


def cpu_seconds(server: ServerProcess) -> float:
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_nonsense_on_the_wire_disturbs_nobody(server: ServerProcess) -> None:
    """Three seconds of it; ``serving`` asserts that the server had nothing to say about it."""
    chance = random.Random(20261124)
    with client(server) as source, client(server) as reader:
        publish(source)
        play(reader)
        before, latest, end, number = descriptors(server), 0.0, time.monotonic() + 3, 0
        while time.monotonic() < end:
            with socket.create_connection(("127.0.0.1", server.rtsp_port), 5) as bad:
                bad.sendall(mutate(chance))
                number += 1
                start = time.monotonic()
                source.push(mp3_packet(number, number))
                reader.packet()
                latest = max(latest, time.monotonic() - start)
        assert number > 100 and latest < 0.25
        wait_until(lambda: descriptors(server) <= before, 5, "their connections closed")
        assert find_path(server, "t")["online"]


def test_nonsense_at_the_api_is_answered_or_closed(server: ServerProcess) -> None:
    chance = random.Random(1124)
    for _ in range(200):
        with socket.create_connection(("127.0.0.1", server.api_port), 5) as bad:
            bad.sendall(mutate(chance))
    for location in (
        "/",
        "/v3",
        "/v3/paths/get/",
        "/v3/paths/get/%00%ff",
        "/v3/paths/list?page=1&page=x",
        "/v3/rtspsessions/kick/x",
    ):
        assert ask(server, location)[0] in (200, 404)
    assert ask(server, "/v3/info")[0] == 200


def test_the_api_answers_though_others_sit_on_all_its_connections(server: ServerProcess) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(80):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.api_port), 5))
        assert [ask(server, "/v3/info")[0] for _ in range(3)] == [200] * 3


def test_with_few_descriptors_it_serves_few_and_stays() -> None:
    with serving(limit=200) as server, contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(socket.create_connection(("127.0.0.1", server.rtsp_port), 5)) for _ in range(300)]
        assert ask(server, "/v3/info")[0] == 200
        for each in crowd:
            each.close()
        wait_until(lambda: descriptors(server) < 20, 5, "their connections closed")
        with client(server) as source, client(server) as reader:
            publish(source)
            play(reader)


def test_without_a_free_descriptor_new_ones_wait_and_nothing_spins(server: ServerProcess) -> None:
    """asyncio looks away from the listener for a second; ``serving`` asserts that nothing is said."""
    pid = server.process.pid
    with client(server) as source, client(server) as reader:
        publish(source)
        play(reader)
        _, hard = before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (descriptors(server), hard))
        with client(server) as late:
            late.socket.settimeout(1.2)
            used = cpu_seconds(server)
            with pytest.raises(TimeoutError):
                late.ask("OPTIONS")
            assert cpu_seconds(server) - used < 0.1
            source.push(mp3_packet(1, 1))
            assert reader.packet()
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
            late.socket.settimeout(5)
            assert late.answer().status == 200


def test_a_thousand_visits_leave_nothing_behind(server: ServerProcess) -> None:
    with client(server) as source:
        publish(source)

        def visit(count: int) -> None:
            for number in range(count):
                with client(server) as reader:
                    play(reader)
                    source.push(mp3_packet(number, number))
                    if number % 2:
                        reader.ask("TEARDOWN")

        visit(200)
        wait_readers(server, "t", 0)
        before = descriptors(server), memory_kb(server)
        visit(1_000)
        wait_readers(server, "t", 0)
        wait_until(lambda: descriptors(server) <= before[0], 5, "connections closed")
        assert memory_kb(server) - before[1] < 512
        assert ask(server, "/v3/rtspsessions/list")[1]["itemCount"] == 1


def test_who_reads_nothing_does_not_slow_down_the_others(server: ServerProcess) -> None:
    with client(server) as source, client(server) as deaf, client(server) as reader:
        publish(source)
        play(deaf)
        play(reader)
        before, latest = memory_kb(server), 0.0
        for number in range(400):
            start = time.monotonic()
            source.push(mp3_packet(number, number, payload=b"x" * 60_000))
            reader.packet()
            latest = max(latest, time.monotonic() - start)
        sessions = ask(server, f"/v3/rtspsessions/get/{deaf.session}")[1]
        assert sessions["outboundRTPPacketsDiscarded"] > 300
        assert sessions["outboundBytes"] < 1_500_000  # our queue, and what both kernels hold
        assert latest < 0.25
        assert memory_kb(server) - before < 2_048


PASSWORD: dict[str, Any] = {"AUDIO_RTSP_RTSP_READ_USER": "ann", "AUDIO_RTSP_RTSP_READ_PASSWORD": "s3cret"}


@pytest.mark.parametrize("reader", ["ffmpeg", "mpv", "gstreamer"])
def test_real_readers_know_how_to_give_a_password(reader: str) -> None:
    with serving(**PASSWORD) as server, publishing(server, "mic"):
        with listening_child(*reader_argv(reader, server.url("mic", "ann:s3cret@127.0.0.1"), "tcp")) as heard:
            assert is_tone(heard.wait_for(2 * RATE // 2, 15)), heard.errors.decode()
        with listening_child(*reader_argv(reader, server.url("mic", "ann:wrong@127.0.0.1"), "tcp")) as refused:
            wait_until(lambda: refused.process.poll() is not None, 10, "refused")
            assert not refused.data
        assert b"s3cret" not in Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
