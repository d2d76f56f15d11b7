"""A tone that real programs publish is the tone that real programs hear."""

from __future__ import annotations

import subprocess

import pytest

from process.rtsp.api import ask, find_path, wait_online, wait_readers
from process.rtsp.child import ServerProcess, child, listening_child, serving
from process.rtsp.players import CODECS, publisher_argv, publishing, reader_argv
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


@pytest.mark.parametrize(
    ("codec", "transport"), [*((codec, "tcp") for codec in CODECS), ("mp3", "udp"), ("l16", "udp")]
)
@pytest.mark.parametrize("reader", ["mpv", "gstreamer"])
@pytest.mark.timeout(30)
def test_other_players_hear_the_tone(server: ServerProcess, reader: str, codec: str, transport: str) -> None:
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


@pytest.mark.timeout(30)
def test_without_udp_clients_that_try_it_first_come_by_tcp() -> None:
    with serving("--no-udp") as server, child(*without_transport(publisher_argv(server.url("mic")))):
        wait_online(server, "mic")
        with listening_child(*without_transport(reader_argv("ffmpeg", server.url("mic"), "udp"))) as heard:
            assert is_tone(heard.wait_for(NEEDED)), heard.errors.decode()
        transports = [session["transport"] for session in ask(server, "/v3/rtspsessions/list")[1]["items"]]
        assert set(transports) == {"TCP"}


def without_transport(argv: tuple[str, ...]) -> tuple[str, ...]:
    at = argv.index("-rtsp_transport")
    return argv[:at] + argv[at + 2 :]


@pytest.mark.timeout(30)
def test_a_client_without_wishes_comes_by_udp(server: ServerProcess) -> None:
    argv = without_transport(reader_argv("ffmpeg", server.url("mic"), "udp"))
    with publishing(server, "mic"), listening_child(*argv) as heard:
        assert is_tone(heard.wait_for(NEEDED)), heard.errors.decode()
        transports = {item["state"]: item["transport"] for item in ask(server, "/v3/rtspsessions/list")[1]["items"]}
        assert transports == {"publish": "TCP", "read": "UDP"}
