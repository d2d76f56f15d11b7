"""Levels as real ffmpegs measure them: each sound gets the right answer within its time, and keeps it."""

from __future__ import annotations

import itertools
import math
import random
import shutil
import subprocess
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from audio_rtsp.encoder.argv import encoder_argv
from audio_rtsp.encoder.level import LevelWatch, Silence, Window
from audio_rtsp.encoder.report import LEVEL, Report
from unit.encoder.ffmpegs import Ffmpeg, ffmpegs, run
from unit.encoder.plans import plan

RATE = 44100
PATIENCE = 5.0
"""Seconds of AUDIO_SILENCE_SECONDS; the default is only longer."""
WINDOW = 0.5
FULL_SCALE = 32767
every_ffmpeg = pytest.mark.parametrize("ffmpeg", ffmpegs(), ids=str)


@dataclass(frozen=True)
class Judged:
    """What was said after each half second."""

    silence: tuple[Silence | None, ...]
    clipping: tuple[bool, ...]

    def changes(self) -> int:
        """How often either answer became another one."""
        pairs = itertools.pairwise(zip(self.silence, self.clipping, strict=True))
        return sum(before != after for before, after in pairs)


def judge(ffmpeg: Ffmpeg, samples: array[int]) -> Judged:
    made = plan()
    argv = encoder_argv(made, ffmpeg.version, ffmpeg.program)
    done = run((*argv[: argv.index("-pkt_size")], "-f", "null", "-"), samples.tobytes())
    assert done.returncode == 0, done.stderr.decode()
    level, silence, clipping, now = LevelWatch(), [], [], 0.0
    for lines in windows(done.stdout.decode().splitlines()):
        report = Report().updated(lines, made.pcm.full_scale)
        assert report.lowest is not None and report.highest is not None
        now += WINDOW
        level.note(Window(report.lowest, report.highest), now)
        silence.append(level.silence(now, PATIENCE))
        clipping.append(level.is_clipping)
    assert len(silence) == pytest.approx(len(samples) / RATE / WINDOW, abs=2)
    return Judged(tuple(silence), tuple(clipping))


def windows(lines: list[str]) -> list[list[str]]:
    """The lines of each half second; the highest sample is told last."""
    found: list[list[str]] = [[]]
    for line in lines:
        found[-1].append(line)
        if line.startswith(f"{LEVEL}Max_level"):
            found.append([])
    return [one for one in found if any(line.startswith(f"{LEVEL}Max_level") for line in one)]


def sound(seconds: float, sample: Callable[[int], float]) -> array[int]:
    return array("h", (round(sample(number)) for number in range(round(seconds * RATE))))


@cache
def room(seconds: float, dbfs: float = -60.0) -> array[int]:
    """Noise whose peak is at *dbfs*."""
    chance = random.Random(7)
    most = FULL_SCALE * 10 ** (dbfs / 20)
    return sound(seconds, lambda number: chance.uniform(-most, most))


def spoken(folder: Path, pause: float) -> array[int]:
    """A sentence, a pause in a quiet room, and the sentence again."""
    file = folder / "words.wav"
    words = "The stream stays up, and its owner understands what is going on."
    subprocess.run(("espeak-ng", "-w", str(file), words), check=True, timeout=20)
    argv = ("ffmpeg", "-v", "error", "-i", str(file), "-ar", str(RATE), "-ac", "1", "-f", "s16le", "-")
    said = array("h", subprocess.run(argv, check=True, capture_output=True, timeout=20).stdout)
    return said + room(pause) + said


@every_ffmpeg
@pytest.mark.parametrize(
    ("value", "kind"),
    [(lambda number: 0, Silence.DIGITAL), (lambda number: 1234, Silence.STUCK)],
    ids=["zero", "stuck"],
)
def test_a_microphone_that_gives_nothing_is_silent_when_its_time_has_come(
    ffmpeg: Ffmpeg, value: Callable[[int], float], kind: Silence
) -> None:
    judged = judge(ffmpeg, room(2) + sound(9, value))
    first = judged.silence.index(kind) * WINDOW + WINDOW
    assert 2 + PATIENCE <= first <= 2 + PATIENCE + 1.5
    assert judged.changes() == 1


@every_ffmpeg
def test_no_signal_is_told_from_a_quiet_room(ffmpeg: Ffmpeg) -> None:
    judged = judge(ffmpeg, room(2) + sound(9, lambda number: number // 7 % 2))
    assert judged.silence[-1] is Silence.NO_SIGNAL
    assert judged.changes() == 1


@every_ffmpeg
@pytest.mark.parametrize("dbfs", [-60.0, -75.0])
def test_a_quiet_room_is_neither_silent_nor_too_loud(ffmpeg: Ffmpeg, dbfs: float) -> None:
    judged = judge(ffmpeg, room(20, dbfs))
    assert set(judged.silence) == {None}
    assert set(judged.clipping) == {False}


@every_ffmpeg
@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not on this machine")
def test_speech_with_a_long_pause_is_neither(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    judged = judge(ffmpeg, spoken(tmp_path, 2 * PATIENCE))
    assert set(judged.silence) == {None}
    assert set(judged.clipping) == {False}


@every_ffmpeg
def test_clicks_of_five_milliseconds_a_second_are_seen_in_their_time(ffmpeg: Ffmpeg) -> None:
    """Five parts in a thousand at full scale, in a quiet room."""
    quiet = room(12)
    clicks = array("h", (FULL_SCALE if number % RATE < 0.005 * RATE else one for number, one in enumerate(quiet)))
    judged = judge(ffmpeg, clicks)
    assert judged.clipping.index(True) * WINDOW <= 3.0
    assert judged.clipping[-1]
    assert judged.changes() == 1


@every_ffmpeg
def test_full_scale_is_too_loud_at_once(ffmpeg: Ffmpeg) -> None:
    loud = sound(6, lambda number: max(-32768, min(32767, 40000 * math.sin(2 * math.pi * 440 * number / RATE))))
    judged = judge(ffmpeg, loud)
    assert judged.clipping.index(True) * WINDOW <= 2.0
    assert set(judged.silence) == {None}
    assert judged.changes() == 1


@every_ffmpeg
def test_just_below_full_scale_is_not_too_loud(ffmpeg: Ffmpeg) -> None:
    loud = sound(6, lambda number: 0.995 * FULL_SCALE * math.sin(2 * math.pi * 440 * number / RATE))
    assert set(judge(ffmpeg, loud).clipping) == {False}


@every_ffmpeg
def test_a_signal_at_the_threshold_of_silence_does_not_flap(ffmpeg: Ffmpeg) -> None:
    """Half seconds of one to three steps of the converter, at random."""
    chance = random.Random(3)
    heights = [chance.randint(1, 3) for _ in range(60)]
    judged = judge(ffmpeg, sound(30, lambda number: number // 9 % 2 * heights[int(number / RATE / WINDOW)]))
    assert judged.changes() <= 1


@every_ffmpeg
def test_a_click_now_and_then_does_not_flap(ffmpeg: Ffmpeg) -> None:
    """One each three seconds: about as many as begin the warning."""
    quiet = room(40)
    clicks = array("h", (FULL_SCALE if number % (3 * RATE) < 200 else one for number, one in enumerate(quiet)))
    assert judge(ffmpeg, clicks).changes() <= 1
