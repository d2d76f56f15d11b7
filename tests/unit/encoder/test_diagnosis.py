"""Why an encoder ended, read from what real ffmpegs said."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from audio_rtsp.encoder.diagnosis import EncoderFault, diagnose
from unit.encoder.answering import answering
from unit.encoder.ffmpegs import Ffmpeg, ffmpegs, run

SAID = Path(__file__).parent / "said"
VERSIONS = ("v1.12.2", "v1.20.1")
every_ffmpeg = pytest.mark.parametrize("ffmpeg", ffmpegs(), ids=str)


def lines_of(path: Path) -> list[str]:
    return [line for line in path.read_text().replace("\r", "\n").splitlines() if line.strip()]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("log", "fault", "words"),
    [
        ("no-server", EncoderFault.SERVER_AWAY, "Connection refused"),
        ("pcm_s16le-refused", EncoderFault.SERVER_REFUSED, "400 Bad Request"),
        ("aac", EncoderFault.SERVER_CLOSED, "Broken pipe"),
        ("dyn", EncoderFault.SERVER_CLOSED, "Broken pipe"),
        ("mic-desk", EncoderFault.SERVER_CLOSED, "Broken pipe"),
        ("mic-door", EncoderFault.SERVER_CLOSED, "Broken pipe"),
        ("second", EncoderFault.SERVER_CLOSED, "Broken pipe"),
    ],
)
def test_what_ffmpeg_said_to_a_real_server_is_understood(
    version: str, log: str, fault: EncoderFault, words: str
) -> None:
    found = diagnose(lines_of(SAID / version / f"ffmpeg-{log}.log"))
    assert found.fault is fault
    assert words in found.line


@pytest.mark.parametrize(
    "said",
    [
        "Failed to set value 'pipe:1' for option 'progress': Cannot allocate memory",
        "pthread_create() failed: Resource temporarily unavailable. Try increasing `ulimit -v` or",
        "ffmpeg: error while loading shared libraries: libavdevice.so.59: cannot open shared object file: No such file",
    ],
)
def test_a_want_of_memory_processes_or_libraries_is_no_fault_of_the_settings(said: str) -> None:
    """It passes; what ffmpeg refuses for good is tried once in five minutes."""
    assert diagnose(said.splitlines()).fault is EncoderFault.SHORTAGE


def ffmpeg_says(ffmpeg: Ffmpeg, port: int, *options: str) -> list[str]:
    """One second of silence sent to a port of this machine."""
    sound = ("-f", "s16le", "-ar", "48000", "-ac", "1", "-i", "pipe:0")
    words = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning", *sound, *(options or ("-c:a", "libopus")))
    url = f"rtsp://127.0.0.1:{port}/x"
    done = run((ffmpeg.program, *words, "-f", "rtsp", "-rtsp_transport", "tcp", url), bytes(96000))
    assert done.returncode != 0
    return done.stderr.decode().splitlines()


@every_ffmpeg
def test_nobody_listening_is_the_server_away(ffmpeg: Ffmpeg) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        found = diagnose(ffmpeg_says(ffmpeg, unused.getsockname()[1]))
    assert found.fault is EncoderFault.SERVER_AWAY


@every_ffmpeg
@pytest.mark.parametrize(
    "status",
    [
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "415 Unsupported",
        "453 Not Enough Bandwidth",
        "503 Unavailable",
    ],
)
def test_a_server_that_says_no_has_refused_the_stream(ffmpeg: Ffmpeg, status: str) -> None:
    with answering(status, "ANNOUNCE") as port:
        found = diagnose(ffmpeg_says(ffmpeg, port))
    assert found.fault is EncoderFault.SERVER_REFUSED


@every_ffmpeg
@pytest.mark.parametrize("method", ["OPTIONS", "ANNOUNCE", "SETUP", "RECORD"])
def test_a_server_that_hangs_up_has_closed_the_connection(ffmpeg: Ffmpeg, method: str) -> None:
    with answering("", method) as port:
        found = diagnose(ffmpeg_says(ffmpeg, port))
    assert found.fault is EncoderFault.SERVER_CLOSED


@every_ffmpeg
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("-c:a nosuch", "Unknown encoder 'nosuch'"),
        ("-c:a libopus -af nosuch", "No such filter: 'nosuch'"),
        ("-c:a libopus -af highpass=nosuch=1", "nosuch"),
        ("-c:a libopus -af volume=x(", "x("),
        ("-c:a libopus -nosuch 1", "Unrecognized option 'nosuch'"),
        ("-c:a libopus -b:a 900k", "900000 bps is unsupported"),
        ("-c:a libopus -ar 44100", "sample rate 44100 is not supported"),
        ("-c:a libmp3lame -ar 96000", "sample rate 96000 is not supported"),
        ("-c:a libopus -q:a 3", "Quality-based encoding not supported"),
        ("-c:a libopus -vbr maybe", "maybe"),
        ("-c:a aac -profile:a nosuch", "nosuch"),
    ],
)
def test_options_that_cannot_work_are_told_by_the_line_that_names_them(
    ffmpeg: Ffmpeg, options: str, words: str
) -> None:
    with answering("200 OK", "ANNOUNCE") as port:
        found = diagnose(ffmpeg_says(ffmpeg, port, *options.split()))
    assert found.fault is EncoderFault.CANNOT_WORK
    assert words in found.line


def test_without_a_known_sign_the_last_telling_line_is_shown() -> None:
    lines = ["Guessed Channel Layout for Input Stream #0.0 : mono", "something odd", "Conversion failed!"]
    found = diagnose(lines)
    assert (found.fault, found.line) == (EncoderFault.UNEXPLAINED, "something odd")


def test_no_words_at_all_are_no_explanation() -> None:
    assert diagnose([]).line == diagnose(["Exiting normally, received signal 2."]).line == ""
