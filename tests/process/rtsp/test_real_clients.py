"""A tone that real programs publish is the tone that real programs hear."""

from __future__ import annotations

import subprocess

import pytest

from process.rtsp.api import find_path, wait_readers
from process.rtsp.child import ServerProcess, listening_child
from process.rtsp.players import CODECS, publishing, reader_argv
from process.rtsp.tone import RATE, is_tone

NEEDED = 2 * round(0.5 * RATE)  # bytes


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.timeout(30)
def test_every_reader_hears_the_tone_over_tcp_and_udp(server: ServerProcess, codec: str, channels: int) -> None:
    with publishing(server, "mic", codec, channels=channels):
        for transport in ("tcp", "udp"):
            with listening_child(*reader_argv("ffmpeg", server.url("mic"), transport)) as heard:
                assert is_tone(heard.wait_for(NEEDED)), heard.errors.decode()


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("reader", ["mpv", "gstreamer"])
@pytest.mark.timeout(30)
def test_other_players_hear_the_tone(server: ServerProcess, reader: str, codec: str, transport: str) -> None:
    if (reader, codec, transport) == ("mpv", "l16", "udp"):
        pass
    argv = reader_argv(reader, server.url("mic"), transport)
    with publishing(server, "mic", codec), listening_child(*argv) as heard:
        assert is_tone(heard.wait_for(NEEDED, 15)), heard.errors.decode()


@pytest.mark.timeout(30)
def test_a_silent_source_is_seen_to_be_no_tone(server: ServerProcess) -> None:
    with (
        publishing(server, "mic", "l16", frequency=0),
        listening_child(*reader_argv("ffmpeg", server.url("mic"), "tcp")) as heard,
    ):
        assert not is_tone(heard.wait_for(NEEDED))


@pytest.mark.timeout(30)
def test_a_publisher_may_come_by_udp(server: ServerProcess) -> None:
    with publishing(server, "mic", "opus", transport="udp"):
        with listening_child(*reader_argv("ffmpeg", server.url("mic"), "tcp")) as heard:
            assert is_tone(heard.wait_for(NEEDED)), heard.errors.decode()
        assert find_path(server, "mic")["inboundFramesInError"] == 0


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
@pytest.mark.timeout(30)
def test_every_name_of_this_machine_answers(server: ServerProcess, host: str) -> None:
    with publishing(server, "mic"), listening_child(*reader_argv("ffmpeg", server.url("mic", host), "udp")) as heard:
        assert is_tone(heard.wait_for(NEEDED)), heard.errors.decode()


@pytest.mark.timeout(30)
def test_a_reader_that_leaves_is_gone(server: ServerProcess) -> None:
    with publishing(server, "mic"):
        argv = reader_argv("ffmpeg", server.url("mic"), "tcp", seconds=0.3)
        done = subprocess.run(argv, capture_output=True, timeout=20, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        wait_readers(server, "mic", 0)
        with listening_child(*reader_argv("ffmpeg", server.url("mic"), "tcp")) as heard:
            heard.wait_for(NEEDED)
            wait_readers(server, "mic", 1)
        wait_readers(server, "mic", 0)
