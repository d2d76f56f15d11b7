"""A tone that real programs publish is the tone that real programs hear."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from media_servers import BINARIES, binary_or_skip
from process.rtsp.api import ask, find_path, wait_offline, wait_online, wait_readers
from process.rtsp.child import ServerProcess, child, lan_addresses, listening_child, serving, wait_until
from process.rtsp.players import CODECS, READERS, publisher_argv, publishing, reader_argv
from process.rtsp.rtsp_client import client, publish
from process.rtsp.tone import RATE, is_tone, level_at
from process.streams.harness import free_port

NEEDED = 2 * round(0.5 * RATE)  # bytes


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.timeout(60)
def test_every_reader_hears_the_tone(server: ServerProcess, reader: str, codec: str) -> None:
    """Mono and stereo, over TCP and over UDP: four at once."""
    with contextlib.ExitStack() as stack:
        for channels in (1, 2):
            stack.enter_context(publishing(server, f"mic{channels}", codec, channels=channels))
        urls = (server.url("mic1"), server.url("mic2"))
        argvs = [reader_argv(reader, url, transport) for url in urls for transport in ("tcp", "udp")]
        for heard in [stack.enter_context(listening_child(*argv)) for argv in argvs]:
            assert is_tone(heard.wait_for(NEEDED, 20)), (heard.process.args, heard.errors.decode())


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.timeout(30)
def test_a_reader_that_pauses_hears_on_where_the_stream_is_then(server: ServerProcess, transport: str) -> None:
    argv = reader_argv("aiortsp", server.url("mic"), transport)
    with publishing(server, "mic", "opus"), listening_child(*argv) as heard:
        heard.wait_for(NEEDED)
        heard.process.send_signal(signal.SIGUSR1)
        wait_readers(server, "mic", 0)
        wait_until(lambda: ask(server, "/v3/rtspsessions/list")[1]["itemCount"] == 2, 5, "the session is kept")
        silent = len(heard.data)
        heard.process.send_signal(signal.SIGUSR2)
        wait_readers(server, "mic", 1)
        data = heard.wait_for(silent + 2 * NEEDED)
        assert is_tone(data[-NEEDED:], skip_seconds=0)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.timeout(30)
def test_a_reader_that_is_told_to_end_or_dies_is_gone(server: ServerProcess, reader: str) -> None:
    """By UDP only who tears down: who dies there is found by its silence (tests/unit/rtsp)."""
    with publishing(server, "mic"):
        for number, transport in ((signal.SIGINT, "tcp"), (signal.SIGINT, "udp"), (signal.SIGKILL, "tcp")):
            with listening_child(*reader_argv(reader, server.url("mic"), transport)) as heard:
                heard.wait_for(NEEDED, 15)
                heard.process.send_signal(number)
                wait_until(lambda: ask(server, "/v3/rtspsessions/list")[1]["itemCount"] == 1, 5, f"gone by {number}")


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


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", *lan_addresses()])
@pytest.mark.timeout(30)
def test_every_name_of_this_machine_answers(server: ServerProcess, host: str) -> None:
    with publishing(server, "mic"), listening_child(*reader_argv("ffmpeg", server.url("mic", host), "udp")) as heard:
        assert is_tone(heard.wait_for(NEEDED)), heard.errors.decode()


@pytest.mark.timeout(30)
def test_a_reader_ends_without_a_complaint(server: ServerProcess) -> None:
    with publishing(server, "mic"):
        argv = reader_argv("ffmpeg", server.url("mic"), "tcp", seconds=0.3)
        done = subprocess.run(argv, capture_output=True, timeout=20, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
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


@pytest.mark.parametrize(("options", "transport"), [((), "UDP"), (("--no-udp",), "TCP")])
@pytest.mark.timeout(30)
def test_ffplay_plays_a_bare_url_and_ends_when_the_stream_has_ended(options: tuple[str, ...], transport: str) -> None:
    """It has no end of its own: -t does not end an endless stream. SDL's disk driver writes down what is heard."""
    if shutil.which("ffplay") is None:
        pytest.skip("ffplay is not installed")
    sound = ("env", "SDL_AUDIODRIVER=disk", "SDL_DISKAUDIOFILE=/dev/stdout")
    with serving("--gap-seconds=0.2", *options) as server, publishing(server, "mic") as publisher:
        argv = (*sound, "ffplay", "-nodisp", "-autoexit", "-loglevel", "error", server.url("mic"))
        with listening_child(*argv) as heard:
            data = heard.wait_for(3 * NEEDED, 15)
            assert max(level_at(data)) > 0.9, heard.errors.decode()
            transports = {item["state"]: item["transport"] for item in ask(server, "/v3/rtspsessions/list")[1]["items"]}
            assert transports["read"] == transport
            publisher.kill()
            assert heard.process.wait(10) == 0


@pytest.mark.timeout(30)
def test_ffmpeg_that_hears_nothing_by_udp_goes_on_by_tcp(server: ServerProcess) -> None:
    """As behind a firewall: here nothing is sent. BirdNET-Pi gives -timeout."""
    program, *rest = without_transport(reader_argv("ffmpeg", server.url("t"), "udp"))

    def is_read_by(transport: str) -> bool:
        sessions = ask(server, "/v3/rtspsessions/list")[1]["items"]
        return ("read", transport) in [(session["state"], session["transport"]) for session in sessions]

    with client(server) as source:
        publish(source)
        with listening_child(program, "-timeout", "1000000", *rest):
            wait_until(lambda: is_read_by("UDP"), 10, "a reader by UDP")
            wait_until(lambda: is_read_by("TCP"), 10, "the same by TCP")


@pytest.mark.timeout(30)
def test_a_client_without_wishes_comes_by_udp(server: ServerProcess) -> None:
    argv = without_transport(reader_argv("ffmpeg", server.url("mic"), "udp"))
    with publishing(server, "mic"), listening_child(*argv) as heard:
        assert is_tone(heard.wait_for(NEEDED)), heard.errors.decode()
        transports = {item["state"]: item["transport"] for item in ask(server, "/v3/rtspsessions/list")[1]["items"]}
        assert transports == {"publish": "TCP", "read": "UDP"}


PULLING = """
rtspAddress: 127.0.0.1:{port}
rtspTransports: [tcp]
rtmp: no
hls: no
webrtc: no
srt: no
paths:
  far:
    source: {url}
    rtspTransport: {transport}
"""


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.timeout(60)
def test_a_recorder_with_an_rtsp_stack_of_its_own_goes_on_over_a_new_publisher(tmp_path: Path, transport: str) -> None:
    """MediaMTX as a client: gortsplib, which reads as video recorders do, with a password by Digest."""
    binary, port, conf = binary_or_skip(BINARIES[-1]), free_port(), tmp_path / "pull.yml"
    user: dict[str, Any] = {"AUDIO_RTSP_RTSP_READ_USER": "ann", "AUDIO_RTSP_RTSP_READ_PASSWORD": "s3cret"}
    with serving(**user) as server, contextlib.ExitStack() as stack:
        publisher = stack.enter_context(publishing(server, "mic", "aac"))
        url = server.url("mic").replace("rtsp://", "rtsp://ann:s3cret@")
        conf.write_text(PULLING.format(port=port, url=url, transport=transport))
        stack.enter_context(listening_child("env", "-C", str(tmp_path), binary, str(conf)))
        wait_readers(server, "mic", 1)
        session = find_path(server, "mic")["readers"]
        heard = stack.enter_context(listening_child(*reader_argv("ffmpeg", f"rtsp://127.0.0.1:{port}/far", "tcp")))
        before = len(heard.wait_for(NEEDED, 20))
        publisher.kill()
        wait_offline(server, "mic")
        stack.enter_context(publishing(server, "mic", "aac"))
        assert is_tone(heard.wait_for(before + 2 * NEEDED, 20)[-NEEDED:], skip_seconds=0)
        assert find_path(server, "mic")["readers"] == session
