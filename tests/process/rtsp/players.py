"""Real publishers and readers; each reader writes 16-bit mono samples at 48 kHz to its stdout."""

from __future__ import annotations

import contextlib
import functools
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .api import wait_online
from .child import ServerProcess, child

HERE = Path(__file__).parent
CODECS = {
    "mp3": ("libmp3lame", "-b:a", "128k"),
    "aac": ("aac", "-b:a", "128k"),
    "opus": ("libopus", "-b:a", "96k"),
    "l16": ("pcm_s16be",),
    "l24": ("pcm_s24be",),
}


def publisher_argv(
    url: str, codec: str = "mp3", *, channels: int = 1, frequency: int = 440, transport: str = "tcp"
) -> tuple[str, ...]:
    """ffmpeg with a tone, in real time."""
    program = shutil.which("ffmpeg")
    if program is None:
        pytest.skip("ffmpeg is not installed")
    tone = f"sine=frequency={frequency}:sample_rate=48000"
    return (
        *(
            program,
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "warning",
            "-re",
            "-f",
            "lavfi",
            "-i",
            tone,
            "-ac",
            str(channels),
        ),
        *("-c:a", *CODECS[codec], "-f", "rtsp", "-rtsp_transport", transport, url),
    )


@contextlib.contextmanager
def publishing(
    server: ServerProcess,
    name: str,
    codec: str = "mp3",
    *,
    channels: int = 1,
    frequency: int = 440,
    transport: str = "tcp",
) -> Iterator[subprocess.Popen[bytes]]:
    """A publisher that is online."""
    argv = publisher_argv(server.url(name), codec, channels=channels, frequency=frequency, transport=transport)
    with child(*argv) as process:
        wait_online(server, name)
        yield process


def ffmpeg_argv(url: str, transport: str, *, seconds: float | None = None) -> tuple[str, ...]:
    until = () if seconds is None else ("-t", str(seconds))
    quiet = ("-nostdin", "-hide_banner", "-loglevel", "warning", "-fflags", "nobuffer", "-probesize", "5000")
    return (
        "ffmpeg",
        *quiet,
        "-rtsp_transport",
        transport,
        "-i",
        url,
        *until,
        "-ac",
        "1",
        "-ar",
        "48000",
        "-f",
        "s16le",
        "pipe:1",
    )


def mpv_argv(url: str, transport: str, *, seconds: float | None = None) -> tuple[str, ...]:
    until = () if seconds is None else (f"--length={seconds}",)
    sound = ("--ao=pcm", "--ao-pcm-file=/dev/stdout", "--ao-pcm-waveheader=no", "--audio-samplerate=48000")
    form = ("--audio-channels=mono", "--audio-format=s16", "--really-quiet", "--no-config", "--no-video")
    return ("mpv", *sound, *form, f"--rtsp-transport={transport}", *until, url)


def gstreamer_argv(url: str, transport: str, *, seconds: float | None = None) -> tuple[str, ...]:
    source = ("rtspsrc", f"location={url}", f"protocols={transport}", "latency=100")
    form = ("audioconvert", "!", "audioresample", "!", "audio/x-raw,format=S16LE,rate=48000,channels=1")
    return ("gst-launch-1.0", "-q", *source, "!", "decodebin", "!", *form, "!", "fdsink", "fd=1", "sync=false")


def pyav_argv(url: str, transport: str, *, seconds: float | None = None) -> tuple[str, ...]:
    return (sys.executable, str(HERE / "pyav_player.py"), url, transport)


def aiortsp_argv(url: str, transport: str, *, seconds: float | None = None) -> tuple[str, ...]:
    return (sys.executable, str(HERE / "aiortsp_player.py"), url, transport)


READERS = {
    "ffmpeg": ffmpeg_argv,
    "mpv": mpv_argv,
    "gstreamer": gstreamer_argv,
    "pyav": pyav_argv,
    "aiortsp": aiortsp_argv,
}
"""ffmpeg, mpv and PyAV share ffmpeg's RTSP; GStreamer and aiortsp have their own."""
PROGRAMS = {"ffmpeg": "ffmpeg", "mpv": "mpv", "gstreamer": "gst-launch-1.0"}


def reader_argv(reader: str, url: str, transport: str, *, seconds: float | None = None) -> tuple[str, ...]:
    """The command line of a reader that is installed; else the test is skipped."""
    if shutil.which(PROGRAMS.get(reader, sys.executable)) is None or (reader == "gstreamer" and not _has_rtspsrc()):
        pytest.skip(f"{reader} (with RTSP) is not installed")
    return READERS[reader](url, transport, seconds=seconds)


@functools.cache
def _has_rtspsrc() -> bool:
    return subprocess.run(("gst-inspect-1.0", "rtspsrc"), capture_output=True, check=False).returncode == 0
