"""The real arecord, from a microphone in user space to a listener."""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from process.streams.harness import Box, listening, running, wait_for
from process.streams.pulse_card import PulseCards
from process.streams.tones import peak_frequency

NAME = "lab-studio-stereo"
NEEDED = ("arecord", "pulseaudio", "pactl", "pacat")
MISSING = [program for program in NEEDED if shutil.which(program) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")


def sine(frequency: int) -> bytes:
    return array("h", (round(9000 * math.sin(2 * math.pi * frequency * n / 48000)) for n in range(48000))).tobytes()


def speech() -> bytes:
    """A sentence as S16_LE mono 48000."""
    wav = subprocess.run(("espeak-ng", "--stdout", "the nightingale sings"), check=True, capture_output=True).stdout
    argv = ("ffmpeg", "-loglevel", "error", "-i", "pipe:0", "-f", "s16le", "-ar", "48000", "-ac", "1", "pipe:1")
    return subprocess.run(argv, input=wav, check=True, capture_output=True).stdout


@pytest.fixture
def cards(box: Box, monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseCards]:
    """No stand-in: the arecord of this machine."""
    (box.folder / "bin/arecord").unlink()
    cards = PulseCards(box.folder / "pulse")
    for key, value in cards.environment.items():
        monkeypatch.setenv(key, value)
    yield cards
    cards.stop()


def test_a_tone_at_a_real_arecord_is_that_tone_at_a_listener(box: Box, cards: PulseCards) -> None:
    cards.plug("Stereo", sine(700))
    box.configure("AUDIO_CODEC=libmp3lame\n")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME), rate=44100, channels=1) as listener:
            listener.wait_seconds(2.0)
            heard = listener.samples()[44100:]
    assert abs(peak_frequency(heard, 44100, 700) - 700) <= 1


def test_a_killed_real_arecord_is_replaced_and_its_listener_stays(box: Box, cards: PulseCards) -> None:
    cards.plug("Stereo", sine(700))
    with running(box, "--server", "embedded") as program:
        stream = program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(1.0)
            os.kill(stream["capture_pid"], signal.SIGKILL)
            wait_for(lambda: program.stream(NAME)["capture_restarts"] == 1, 5, "noticed")
            program.wait_state(NAME, "LIVE")
            listener.wait_seconds(1.5)
            heard = listener.samples()[::2][-48000:]
            assert listener.is_connected
        assert program.stream(NAME)["lost_seconds"] < 0.5
    assert abs(peak_frequency(heard, 48000, 700) - 700) <= 1


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="not installed: espeak-ng")
def test_speech_at_a_real_arecord_is_heard_and_metered(box: Box, cards: PulseCards) -> None:
    said = speech()
    cards.plug("Stereo", said)
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(len(said) / 96000 + 0.5)
            loudest = max(map(abs, listener.samples()))
        peak = program.stream(NAME)["peak"]
    assert loudest > 3000
    assert peak > -30


def test_the_way_of_the_program_ends_a_real_arecord_at_once(box: Box, cards: PulseCards) -> None:
    cards.plug("Stereo", sine(700))
    with running(box, "--server", "embedded") as program:
        pid = program.wait_state(NAME, "LIVE")["capture_pid"]
        assert program.stop() == 0
    assert not Path(f"/proc/{pid}").exists()
