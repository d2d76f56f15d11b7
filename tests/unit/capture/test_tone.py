"""The test tone, as the program it is."""

from __future__ import annotations

import cmath
import math
import signal
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.capture.argv import tone_argv
from audio_rtsp.capture.tone import one_second


@contextmanager
def playing(
    frequency: int = 440, sample_format: str = "S16_LE", rate: int = 48000, channels: int = 1
) -> Iterator[subprocess.Popen[bytes]]:
    argv = tone_argv(frequency, PcmFormat(sample_format=sample_format, rate=rate, channels=channels))
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def read(process: subprocess.Popen[bytes], size: int) -> bytes:
    assert process.stdout is not None
    return process.stdout.read(size)


def amplitude(samples: array[int], hertz: float, rate: int) -> float:
    """How much of one frequency there is, as a share of a full sine."""
    total = sum(value * cmath.exp(-2j * math.pi * hertz * place / rate) for place, value in enumerate(samples))
    return 2 * abs(total) / len(samples)


@pytest.mark.parametrize("frequency", [440, 550, 1000])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_it_is_exactly_one_frequency(frequency: int, rate: int) -> None:
    samples = array("h", one_second(frequency, "S16_LE", rate, 1))
    assert len(samples) == rate
    assert amplitude(samples, frequency, rate) == pytest.approx(0.25 * 32767, rel=0.001)
    energy = math.sqrt(2 * sum(value * value for value in samples) / len(samples))
    assert energy == pytest.approx(0.25 * 32767, rel=0.001)


def test_seconds_join_without_a_click() -> None:
    samples = array("h", one_second(440, "S16_LE", 44100, 1))
    assert samples[0] == 0
    assert abs(samples[-1]) == abs(samples[1])


def test_all_channels_carry_it_in_either_format() -> None:
    stereo = array("i", one_second(440, "S32_LE", 8000, 2))
    assert stereo[::2] == stereo[1::2]
    assert max(stereo) == pytest.approx(0.25 * 2147483647, rel=0.01)


@pytest.mark.parametrize(("sample_format", "rate", "channels"), [("S16_LE", 44100, 1), ("S32_LE", 48000, 2)])
def test_the_program_writes_the_same_without_a_break(sample_format: str, rate: int, channels: int) -> None:
    """Seven tenths of a second, past odd places of periods."""
    second = one_second(440, sample_format, rate, channels)
    size = len(second) * 7 // 10
    with playing(440, sample_format, rate, channels) as process:
        assert read(process, size) == second[:size]


@pytest.mark.parametrize(("sample_format", "channels"), [("S16_LE", 1), ("S16_LE", 2), ("S32_LE", 3)])
def test_the_kernel_counts_whole_frames(sample_format: str, channels: int) -> None:
    """Else the last frame of a tone that dies seems to be cut off, and is made whole: noise from then on."""
    frame_bytes = channels * (2 if sample_format == "S16_LE" else 4)
    with playing(sample_format=sample_format, channels=channels) as process:
        read(process, 9600)
        written = int(Path(f"/proc/{process.pid}/io").read_text().split("wchar: ")[1].split()[0])
    assert written % frame_bytes == 0


def test_it_goes_on_behind_the_first_second() -> None:
    """A rate that no period divides, low enough that a second of it is over quickly: the clock is not waited for."""
    second = one_second(3, "S16_LE", 11025, 1)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import tone; tone.time.monotonic = lambda: 0.0;"
        "tone.time.sleep = lambda seconds: None; second = tone.one_second(3, 'S16_LE', 11025, 1);"
        "tone.play(second, 11025, 1)"
    )
    folder = tone_argv(3, PcmFormat(sample_format="S16_LE", rate=11025, channels=1))[3].rpartition("/")[0]
    with subprocess.Popen(
        [sys.executable, "-c", script, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as fast:
        heard = read(fast, len(second) * 3 + 100)
        fast.kill()
    assert heard == (second * 4)[: len(second) * 3 + 100]


def test_it_keeps_the_pace_of_a_microphone() -> None:
    with playing() as process:
        read(process, 960 * 2)  # the first period: Python has started
        began = time.monotonic()
        read(process, 960 * 2 * 30)
        took = time.monotonic() - began
    assert took == pytest.approx(0.6, abs=0.15)


def test_a_reader_that_goes_ends_it() -> None:
    with playing() as process:
        read(process, 960)
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(5) == 1
        assert process.stderr is not None
        assert process.stderr.read() == b""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_it_without_a_word(number: signal.Signals, code: int) -> None:
    with playing() as process:
        read(process, 960)
        process.send_signal(number)
        assert process.wait(5) == code
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_reader_that_sleeps_gets_what_it_missed_at_once() -> None:
    with playing() as process:
        read(process, 960 * 2)
        time.sleep(0.4)
        began = time.monotonic()
        read(process, 960 * 2 * 18)
        assert time.monotonic() - began < 0.3
