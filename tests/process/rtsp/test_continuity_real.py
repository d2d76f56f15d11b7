"""A publisher's death is not noticed by those who listen."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

import pytest

from process.rtsp.api import find_path, wait_offline, wait_online, wait_readers
from process.rtsp.child import Output, ServerProcess, child, listening_child, wait_until
from process.rtsp.players import publisher_argv, reader_argv
from process.rtsp.tone import RATE, is_tone, level_at

LISTENERS = (
    *(("ffmpeg", "tcp"), ("ffmpeg", "udp"), ("gstreamer", "tcp"), ("gstreamer", "udp")),
    *(("mpv", "tcp"), ("pyav", "tcp"), ("aiortsp", "tcp"), ("aiortsp", "udp")),
)
QUARTER = 2 * RATE // 4


@contextlib.contextmanager
def listeners(server: ServerProcess, name: str) -> Iterator[list[Output]]:
    """All of them at once, each with half a second of sound behind it."""
    with contextlib.ExitStack() as stack:
        argvs = [reader_argv(reader, server.url(name), transport) for reader, transport in LISTENERS]
        heard = [stack.enter_context(listening_child(*argv)) for argv in argvs]
        for each in heard:
            each.wait_for(2 * QUARTER, 15)
        yield heard


def session_ids(server: ServerProcess, name: str) -> set[str]:
    return {reader["id"] for reader in find_path(server, name)["readers"]}


def assert_hear_on(heard: list[Output]) -> None:
    """Each gets more sound, and what it gets is the tone."""
    sizes = [len(each.data) for each in heard]
    for each, size in zip(heard, sizes, strict=True):
        data = each.wait_for(size + 3 * QUARTER, 10)
        assert is_tone(data[-QUARTER:], skip_seconds=0), (
            each.process.args,
            level_at(data[size:]),
            each.errors.decode(),
        )


@pytest.mark.parametrize("codec", ["mp3", "aac", "opus", "l16"])
@pytest.mark.timeout(60)
def test_a_publisher_killed_ten_times_is_not_noticed(server: ServerProcess, codec: str) -> None:
    argv = publisher_argv(server.url("mic"), codec)
    with contextlib.ExitStack() as stack:
        publisher = stack.enter_context(child(*argv))
        source = wait_online(server, "mic")["source"]["id"]
        heard = stack.enter_context(listeners(server, "mic"))
        before = session_ids(server, "mic")
        for _ in range(10):
            publisher.kill()
            wait_offline(server, "mic")
            publisher = stack.enter_context(child(*argv))
            source = wait_online(server, "mic", other_than=source)["source"]["id"]
        assert_hear_on(heard)
        assert session_ids(server, "mic") == before
        assert [each.process.poll() for each in heard] == [None] * len(heard)


@pytest.mark.timeout(60)
def test_a_stopped_publisher_is_replaced_by_the_next(server: ServerProcess) -> None:
    argv = publisher_argv(server.url("mic"))
    with child(*argv) as publisher:
        source = wait_online(server, "mic")["source"]["id"]
        with listeners(server, "mic") as heard:
            before = session_ids(server, "mic")
            publisher.send_signal(signal.SIGSTOP)
            with child(*argv):
                wait_online(server, "mic", other_than=source)
                assert_hear_on(heard)
                assert session_ids(server, "mic") == before


@pytest.mark.timeout(30)
def test_other_media_close_the_readers(server: ServerProcess) -> None:
    with child(*publisher_argv(server.url("mic"))):
        source = wait_online(server, "mic")["source"]["id"]
        with listening_child(*reader_argv("ffmpeg", server.url("mic"), "tcp")) as heard:
            heard.wait_for(QUARTER)
            with child(*publisher_argv(server.url("mic"), "opus")):
                wait_online(server, "mic", other_than=source)
                wait_until(lambda: heard.process.poll() is not None, 5, "the reader's end")
                wait_readers(server, "mic", 0)
