"""CPU of our encoder command line against a bare encode: in turn as fast as they can, and side by side in real time."""

from __future__ import annotations

import contextlib
import functools
import math
import os
import random
import subprocess
import threading
import time
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.capture.argv import tone_argv
from audio_rtsp.encoder.argv import EncoderPlan, encoder_argv
from audio_rtsp.encoder.codec import Encoding
from audio_rtsp.encoder.options import ExtraOptions
from audio_rtsp.encoder.version import FfmpegVersion, parse_version
from bench.box import is_listening, quiet_box, soon
from bench.plan import Plan
from bench.process import read_fine_cpu, read_memory
from bench.row import Row, row
from process.streams.harness import Program, running

ENCODINGS = (
    Encoding(codec="libmp3lame", rate=44100, channels=1, bitrate=128_000),
    Encoding(codec="aac", rate=44100, channels=1, bitrate=128_000),
    Encoding(codec="libopus", rate=48000, channels=1, bitrate=128_000),
    Encoding(codec="pcm_s16be", rate=48000, channels=1, bitrate=0),
)
SPEEDS = {"libmp3lame": 60.0, "aac": 60.0, "libopus": 80.0, "pcm_s16be": 400.0}
"""Seconds of sound in a second of CPU, about: how long the sound is, so that a start does not show."""
TARGET = 1.10
BLOCK_SECONDS = 10
ENDS_WITHIN = 90.0
SETTLE = 4.0
NULL = ("-f", "null", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU seconds of one encode from its start to its end, and the encoder's memory near its end (MB)."""

    cpu: float
    rss: float
    pss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One after the other: bare and ours, each with and without the way to a server."""

    bare: Cost
    bare_rtsp: Cost
    ours_null: Cost
    ours: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Fours:
    """The pids of two of each."""

    ours: tuple[int, int]
    bare: tuple[int, int]


def measure_encoding(plan: Plan) -> Iterator[Row]:
    """Every codec; the server is ours, so that both publish as in real life."""
    ffmpeg = parse_version(subprocess.run(("ffmpeg", "-version"), capture_output=True, text=True, timeout=10).stdout)
    with running(quiet_box(plan.folder), "--server", "embedded", "--tone", "0") as program:
        soon(lambda: is_listening(program.box.port), 20, "the server listens")
        for encoding in ENCODINGS:
            seconds = plan.encode_seconds * SPEEDS[encoding.codec]
            pairs = [measure_pair(encoding, ffmpeg, program.url("bench"), seconds) for _ in range(plan.runs)]
            yield from _rows(encoding.codec, pairs, seconds)
        yield from measure_real_time(plan, ffmpeg, program)


def _rows(codec: str, pairs: list[Pair], seconds: float) -> Iterator[Row]:
    def one(what: str, values: Iterable[float], unit: str, target: float | None = None) -> Row:
        return row("encoding", what, values, unit, target)

    yield one(f"{codec}: ours / bare, to RTSP", (pair.ours.cpu / pair.bare_rtsp.cpu for pair in pairs), "", TARGET)
    yield one("  ours / bare, to null", (pair.ours_null.cpu / pair.bare.cpu for pair in pairs), "")
    yield one("  ours to RTSP / bare to null", (pair.ours.cpu / pair.bare.cpu for pair in pairs), "", TARGET)
    yield one("  ours, CPU of one core", (100 * pair.ours.cpu / seconds for pair in pairs), "%")
    yield one("  bare, CPU of one core", (100 * pair.bare_rtsp.cpu / seconds for pair in pairs), "%")
    yield one("  ours, RSS", (pair.ours.rss for pair in pairs), "MB")
    yield one("  ours, PSS", (pair.ours.pss for pair in pairs), "MB")
    yield one("  bare, RSS", (pair.bare_rtsp.rss for pair in pairs), "MB")


def measure_real_time(plan: Plan, ffmpeg: FfmpegVersion, program: Program) -> Iterator[Row]:
    """Every codec at once, ours and bare, each on a tone of its own at the pace of a microphone.

    Two of each, in both orders, and begun anew for every window: which core a process is born on costs it up to a
    tenth for as long as it lives.
    """
    windows = [_watch_fours(plan.window / 2, ffmpeg, program) for _ in range(2 * plan.windows)]
    for number, encoding in enumerate(ENCODINGS):
        pairs = [window[number] for window in windows]
        name = f"{encoding.codec} in real time: ours / bare"
        yield row("encoding", name, [ours / bare for ours, bare in pairs], "", TARGET)
        yield row("encoding", "  ours, CPU of one core", [100 * ours for ours, _ in pairs], "%")


def _watch_fours(seconds: float, ffmpeg: FfmpegVersion, program: Program) -> list[tuple[float, float]]:
    with contextlib.ExitStack() as stack:
        fours = [_start_four(stack, encoding, ffmpeg, program) for encoding in ENCODINGS]
        time.sleep(SETTLE)
        return _watch(fours, seconds)


def _start_four(stack: contextlib.ExitStack, encoding: Encoding, ffmpeg: FfmpegVersion, program: Program) -> Fours:
    pcm = _pcm(encoding)

    def ours(number: int) -> int:
        url = program.url(f"ours-{encoding.codec}-{number}")
        return _start(stack, pcm, our_argv(pcm, encoding, ffmpeg, url))

    def bare(number: int) -> int:
        url = program.url(f"bare-{encoding.codec}-{number}")
        return _start(stack, pcm, (*bare_argv(pcm, encoding), *_to_rtsp(url)))

    first, second, third, fourth = ours(1), bare(1), bare(2), ours(2)
    return Fours(ours=(first, fourth), bare=(second, third))


def _start(stack: contextlib.ExitStack, pcm: PcmFormat, argv: tuple[str, ...]) -> int:
    tone = stack.enter_context(_child(tone_argv(440, pcm), subprocess.DEVNULL, subprocess.PIPE))
    assert tone.stdout
    return stack.enter_context(_child(argv, tone.stdout.fileno(), subprocess.DEVNULL)).pid


@contextlib.contextmanager
def _child(argv: tuple[str, ...], stdin: int, stdout: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def _watch(fours: list[Fours], seconds: float) -> list[tuple[float, float]]:
    """Share of a core of ours and of a bare one, for each four."""
    began, before = time.monotonic(), [(_cpu(one.ours), _cpu(one.bare)) for one in fours]
    time.sleep(seconds)
    passed, after = time.monotonic() - began, [(_cpu(one.ours), _cpu(one.bare)) for one in fours]
    return [
        ((now[0] - then[0]) / 2 / passed, (now[1] - then[1]) / 2 / passed)
        for then, now in zip(before, after, strict=True)
    ]


def _cpu(pids: tuple[int, int]) -> float:
    return sum(map(read_fine_cpu, pids))


def measure_pair(encoding: Encoding, ffmpeg: FfmpegVersion, url: str, seconds: float) -> Pair:
    """All four within the same seconds, so that a busy neighbour hits them alike."""
    pcm, bare = _pcm(encoding), bare_argv(_pcm(encoding), encoding)
    to_rtsp = _to_rtsp(url)
    ours = our_argv(pcm, encoding, ffmpeg, url)
    return Pair(
        bare=encode((*bare, *NULL), pcm, seconds),
        ours_null=encode((*ours[: -len(to_rtsp)], *NULL), pcm, seconds),
        bare_rtsp=encode((*bare, *to_rtsp), pcm, seconds),
        ours=encode(ours, pcm, seconds),
    )


def _pcm(encoding: Encoding) -> PcmFormat:
    return PcmFormat(sample_format="S16_LE", rate=encoding.rate, channels=encoding.channels)


def our_argv(pcm: PcmFormat, encoding: Encoding, ffmpeg: FfmpegVersion, url: str) -> tuple[str, ...]:
    """The product's own command line; its output is the last words, as :func:`_to_rtsp` has them."""
    return encoder_argv(EncoderPlan(pcm=pcm, encoding=encoding, extra=ExtraOptions(), url=url), ffmpeg)


def _to_rtsp(url: str) -> tuple[str, ...]:
    return ("-f", "rtsp", "-rtsp_transport", "tcp", url)


def bare_argv(pcm: PcmFormat, encoding: Encoding) -> tuple[str, ...]:
    """What one would type, up to the output: no meter, no reports, no care for latency."""
    return (
        *("ffmpeg", "-hide_banner", "-nostdin", "-nostats", "-loglevel", "error"),
        *("-f", "s16le", "-ar", str(pcm.rate), "-ac", str(pcm.channels), "-i", "pipe:0"),
        *("-c:a", encoding.codec),
        *(("-b:a", str(encoding.bitrate)) if encoding.bitrate else ()),
    )


def encode(argv: tuple[str, ...], pcm: PcmFormat, seconds: float) -> Cost:
    """Feed *seconds* of sound as fast as it is taken."""
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        watchdog = threading.Timer(ENDS_WITHIN, process.kill)
        watchdog.start()
        try:
            return _feed(process, ten_seconds(pcm.rate, pcm.channels), round(seconds / BLOCK_SECONDS))
        finally:
            watchdog.cancel()
            process.kill()


def _feed(process: subprocess.Popen[bytes], block: bytes, blocks: int) -> Cost:
    assert process.stdin
    for _ in range(max(1, blocks)):
        process.stdin.write(block)
    process.stdin.flush()
    memory = read_memory(process.pid)
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise OSError(f"the encoder ended with {process.returncode}")
    return Cost(cpu=usage.ru_utime + usage.ru_stime, rss=memory.rss, pss=memory.pss)


@functools.cache
def ten_seconds(rate: int, channels: int) -> bytes:
    """Something between speech and a room: a gliding tone that swells, and noise; the same in every run."""
    chance = random.Random(1)
    samples = array("h")
    for number in range(rate * BLOCK_SECONDS):
        at = number / rate
        swell = 0.5 + 0.5 * math.sin(2 * math.pi * 3 * at)
        tone = math.sin(2 * math.pi * (180 * at + 20 * math.sin(2 * math.pi * 0.7 * at)))
        value = round(6000 * swell * tone + chance.gauss(0, 400))
        samples.extend([max(-32768, min(32767, value))] * channels)
    return samples.tobytes()
