"""AUDIO_CAPTURE_VOLUME, with a stand-in amixer that plays a real card's mixer and writes down what it is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from process.streams.conftest import COUNTING
from process.streams.harness import Box, running, wait_for

NAME = "lab-studio-stereo"
MIXER = Path(__file__).parents[2] / "unit/capture/said/amixer/08-one-usb-mic-uac2-hs-capturing-96k-stereo/card0.amixer"
AMIXER = """
import sys, time
open({told!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
time.sleep({seconds})
sys.stdout.write({mixer!r}) if "scontents" in sys.argv else None
sys.stderr.write({complaint!r})
sys.exit({code})
"""


def amixer(box: Box, *, seconds: float = 0.0, mixer: str = "", complaint: str = "", code: int = 0) -> Path:
    told = box.folder / "told"
    told.touch()
    source = AMIXER.format(told=str(told), seconds=seconds, mixer=mixer, complaint=complaint, code=code)
    box.program("amixer", source)
    return told


def test_the_volume_is_set_and_unmuted_before_each_start(box: Box) -> None:
    told = amixer(box, mixer=MIXER.read_text())
    box.configure(f"{COUNTING}AUDIO_CAPTURE_VOLUME=37\n")
    with running(box, "--server", "embedded") as program:
        status = program.wait_state(NAME, "LIVE")
        assert told.read_text().splitlines() == ["-c Stereo scontents", "-q -c Stereo sset Mic,0 37% cap"]
        box.mood("exit")
        program.wait_state(NAME, "FILLING")
        box.mood("count")
        program.wait_state(NAME, "LIVE")
    assert status["complaints"] == []
    assert told.read_text().count("37%") >= 2


def test_by_default_the_mixer_is_left_alone(box: Box) -> None:
    told = amixer(box, mixer=MIXER.read_text())
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
    assert told.read_text() == ""


def test_another_volume_at_reload_touches_nothing_but_the_mixer(box: Box) -> None:
    told = amixer(box, mixer=MIXER.read_text())
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        assert box.command("config", "set", "AUDIO_CAPTURE_VOLUME", "80").returncode == 0
        wait_for(lambda: "80%" in told.read_text(), 5, "the mixer is told")
        after = program.wait_state(NAME, "LIVE")
    assert (before["capture_pid"], before["encoder_pid"]) == (after["capture_pid"], after["encoder_pid"])


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"mixer": ""}, "the card has no mixer for its capture volume"),
        ({"complaint": "amixer: Mixer attach hw:Stereo error", "code": 1}, "Mixer attach hw:Stereo error"),
        ({"seconds": 30}, "the card's mixer does not answer"),
    ],
    ids=["no mixer", "it fails", "it hangs"],
)
def test_a_mixer_that_cannot_be_set_is_told_and_costs_no_sound(box: Box, how: dict[str, object], words: str) -> None:
    amixer(box, **how)  # type: ignore[arg-type]
    box.configure(f"{COUNTING}AUDIO_CAPTURE_VOLUME=37\n")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE", 5)
        complaints = wait_for(lambda: program.stream(NAME)["complaints"], 8, "it is told")
        assert words in complaints[0]
        assert program.stream(NAME)["capture_restarts"] == 0


def test_the_stand_in_plays_a_mixer_that_the_real_amixer_printed() -> None:
    assert "Capabilities: cvolume" in MIXER.read_text()
    assert shutil.which("amixer"), "amixer is part of alsa-utils, as arecord is"


def test_of_a_mixer_that_tells_a_novel_the_last_line_is_shown(box: Box) -> None:
    amixer(box, complaint="x" * 5000 + "\n" + "cannot\n" * 2000 + "amixer: Mixer attach error: " + "y" * 5000, code=1)
    box.configure(f"{COUNTING}AUDIO_CAPTURE_VOLUME=37\n")
    with running(box, "--server", "embedded") as program:
        (told,) = wait_for(lambda: program.stream(NAME).get("complaints"), 10, "the mixer's complaint")
    assert told.startswith(f"{NAME}: AUDIO_CAPTURE_VOLUME: amixer: Mixer attach error: y")
    assert len(told) < 300
    assert "\n" not in told
