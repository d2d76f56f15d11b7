"""A publisher's death is not noticed by those who listen."""

from __future__ import annotations

import contextlib
import signal

import pytest

from process.rtsp.api import find_path, wait_offline, wait_online, wait_readers
from process.rtsp.child import ServerProcess, child, listening_child, wait_until
from process.rtsp.listeners import QUARTER, assert_hear_on, listeners
from process.rtsp.players import publisher_argv, reader_argv


def session_ids(server: ServerProcess, name: str) -> set[str]:
    return {reader["id"] for reader in find_path(server, name)["readers"]}


@pytest.mark.parametrize("codec", ["mp3", "aac", "opus", "l16"])
@pytest.mark.timeout(60)
def test_a_publisher_killed_ten_times_is_not_noticed(server: ServerProcess, codec: str) -> None:
    argv = publisher_argv(server.url("mic"), codec)
    with contextlib.ExitStack() as stack:
        publisher = stack.enter_context(child(*argv))
        source = wait_online(server, "mic")["source"]["id"]
        heard = stack.enter_context(listeners(server.url("mic")))
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
        with listeners(server.url("mic")) as heard:
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
