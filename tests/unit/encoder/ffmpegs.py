"""The real ffmpegs that the command lines must work with: this machine's, and the newest as a wheel."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from audio_rtsp.encoder.version import FfmpegVersion, parse_version


@dataclass(frozen=True)
class Ffmpeg:
    program: str
    version: FfmpegVersion

    def __str__(self) -> str:
        return str(self.version)


@cache
def ffmpegs() -> tuple[Ffmpeg, ...]:
    programs = (shutil.which("ffmpeg"), imageio_ffmpeg.get_ffmpeg_exe())
    return tuple(Ffmpeg(program, _version(program)) for program in programs if program)


def _version(program: str) -> FfmpegVersion:
    return parse_version(subprocess.run([program, "-version"], capture_output=True, text=True, timeout=20).stdout)


def run(argv: tuple[str, ...], sound: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(argv, input=sound, capture_output=True, timeout=30)


@dataclass(frozen=True)
class Coded:
    codec: str
    rate: int
    channels: int
    seconds: float


def probe(path: Path) -> Coded:
    """What ffprobe says of a file."""
    wanted = "stream=codec_name,sample_rate,channels:format=duration"
    argv = ["ffprobe", "-v", "error", "-show_entries", wanted, "-of", "json", str(path)]
    whole = json.loads(subprocess.run(argv, capture_output=True, text=True, timeout=20, check=True).stdout)
    stream = whole["streams"][0]
    return Coded(
        codec=stream["codec_name"],
        rate=int(stream["sample_rate"]),
        channels=stream["channels"],
        seconds=float(whole["format"]["duration"]),
    )
