"""The commands that set a card's capture volume, for the mixers of real cards."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from audio_rtsp.capture.mixer import mixer_commands, mixer_complaint, parse_controls, scontents_argv

USB = """\
Simple mixer control 'Mic',0
  Capabilities: cvolume cvolume-joined cswitch cswitch-joined
  Capture channels: Mono
  Limits: Capture 0 - 32
  Mono: Capture 32 [100%] [0.00dB] [on]
"""
HEADSET = """\
Simple mixer control 'Headphone',0
  Capabilities: pvolume pswitch
Simple mixer control 'Mic',0
  Capabilities: pvolume pvolume-joined pswitch pswitch-joined cvolume cvolume-joined cswitch cswitch-joined
Simple mixer control 'Auto Gain Control',0
  Capabilities: pswitch pswitch-joined
"""
DUMMY = """\
Simple mixer control 'Master',0
  Capabilities: volume cswitch
Simple mixer control 'CD',0
  Capabilities: volume cswitch
Simple mixer control 'Mic',0
  Capabilities: volume cswitch
  Front Left: 0 [33%] [-30.00dB] Capture [off]
Simple mixer control 'External I/O Box',0
  Capabilities: enum
"""
AC97 = """\
Simple mixer control 'Line',0
  Capabilities: cswitch cswitch-exclusive
Simple mixer control 'Mic',0
  Capabilities: cswitch cswitch-exclusive
Simple mixer control 'Mic Boost',0
  Capabilities: cvolume
Simple mixer control 'Capture',0
  Capabilities: cvolume cswitch cswitch-joined
Simple mixer control 'Capture',1
  Capabilities: cvolume
"""
CAPTURED = sorted((Path(__file__).with_name("said") / "amixer").glob("*/card*.amixer"))


def settings(text: str) -> list[str]:
    commands = mixer_commands(text, "Card", 80)
    assert all(argv[:5] == ("amixer", "-q", "-c", "Card", "sset") for argv in commands)
    return [" ".join(argv[5:]) for argv in commands]


def test_a_usb_microphone_has_exactly_this_command() -> None:
    assert mixer_commands(USB, "Mic", 80) == (("amixer", "-q", "-c", "Mic", "sset", "Mic,0", "80%", "cap"),)
    assert mixer_complaint(USB) == ""
    assert scontents_argv("Mic") == ("amixer", "-c", "Mic", "scontents")


def test_the_sidetone_of_a_headset_stays_as_it_is() -> None:
    assert settings(HEADSET) == ["Mic,0 capture 80% cap"]


def test_of_a_mixer_with_one_volume_for_both_ways_only_the_microphone_is_switched_on() -> None:
    assert settings(DUMMY) == ["Mic,0 80% cap"]
    assert mixer_complaint(DUMMY) == ""


def test_inputs_that_exclude_each_other_and_boosts_are_left_alone() -> None:
    assert settings(AC97) == ["Capture,0 80% cap", "Capture,1 80%"]


def test_a_bare_switch_is_switched_on_and_said() -> None:
    text = "Simple mixer control 'Mic',0\n  Capabilities: cswitch cswitch-joined\n"
    assert settings(text) == ["Mic,0 cap"]
    assert "only unmutes" in mixer_complaint(text)


@pytest.mark.parametrize("text", ["", "amixer: Mixer attach hw:7 error: No such device\n", "Capabilities: cvolume\n"])
def test_a_card_without_a_mixer_is_said(text: str) -> None:
    assert mixer_commands(text, "Card", 80) == ()
    assert "has no mixer" in mixer_complaint(text)


@pytest.mark.parametrize(
    ("name", "given"),
    [("Mic, Rear", '"Mic, Rear",2'), ("Ann's Mic", '"Ann\'s Mic",2'), ('5" Mic', "'5\" Mic',2"), ("Mic", "Mic,2")],
)
def test_a_name_is_quoted_where_amixer_would_end_it_early(name: str, given: str) -> None:
    text = f"Simple mixer control '{name}',2\n  Capabilities: cvolume\n"
    assert mixer_commands(text, "Card", 5)[0][-2:] == (given, "5%")


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: f"{path.parent.name[:2]}-{path.stem}")
def test_every_captured_card_has_a_volume(path: Path) -> None:
    text = path.read_text()
    assert len(parse_controls(text)) == text.count("Simple mixer control")
    assert 1 <= len(settings(text)) <= 2
    assert mixer_complaint(text) == ""
    assert not any("CD" in line or "PCM" in line or "Line" in line for line in settings(text))


def test_a_real_amixer_takes_every_option() -> None:
    """There is no such card, which it says after it took its options."""
    commands = (scontents_argv("NoSuchCard"), *mixer_commands(HEADSET, "NoSuchCard", 80))
    for argv in commands:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20)
        assert "Invalid card number" in done.stderr
