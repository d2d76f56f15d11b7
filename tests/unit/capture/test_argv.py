"""The command line of arecord."""

from __future__ import annotations

import subprocess

import pytest

from audio_rtsp.alsa.pcm_format import PIPE_BUF, PcmFormat
from audio_rtsp.capture.argv import arecord_argv, tone_argv


def pcm(sample_format: str = "S16_LE", rate: int = 48000, channels: int = 1) -> PcmFormat:
    return PcmFormat(sample_format=sample_format, rate=rate, channels=channels)


def test_a_microphone_has_exactly_this_command_line() -> None:
    assert arecord_argv("Mic", 0, pcm()) == tuple(
        "arecord -q -t raw -D plughw:CARD=Mic,DEV=0 -f S16_LE -r 48000 -c 1 --period-time 20000 "
        "--buffer-time 1000000".split()
    )


def test_another_pcm_of_a_card_is_named() -> None:
    argv = arecord_argv("Codec", 3, pcm("S32_LE", 44100, 2))
    assert "plughw:CARD=Codec,DEV=3" in argv
    assert argv[argv.index("-f") : argv.index("-f") + 6] == ("-f", "S32_LE", "-r", "44100", "-c", "2")


@pytest.mark.parametrize("rate", [8000, 44100, 48000, 96000, 192000])
@pytest.mark.parametrize(("sample_format", "channels"), [("S16_LE", 3), ("S16_LE", 6), ("S32_LE", 3), ("S32_LE", 5)])
def test_frames_that_do_not_divide_the_page_come_in_periods_that_a_pipe_takes_whole(
    sample_format: str, channels: int, rate: int
) -> None:
    made = pcm(sample_format, rate, channels)
    argv = arecord_argv("Mic", 0, made)
    period = int(argv[argv.index("--period-time") + 1]) / 1e6
    assert period <= 0.02
    assert round(period * rate) * made.frame_bytes <= PIPE_BUF


@pytest.mark.parametrize("sample_format", ["S16_LE", "S32_LE"])
def test_a_real_arecord_takes_every_option(sample_format: str) -> None:
    """On ALSA's null device, which is no hardware: it gives silence without end."""
    argv = arecord_argv("Mic", 0, pcm(sample_format, 44100, 2))
    words = ["null" if word.startswith("plughw") else word for word in argv]
    done = subprocess.run([*words, "-s", "4410"], capture_output=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout) == 4410 * 2 * (2 if sample_format == "S16_LE" else 4)


def test_a_tone_is_made_by_a_program_of_our_own_that_needs_no_packages() -> None:
    _, isolated, no_site, script, *rest = tone_argv(440, pcm("S32_LE", 48000, 2))
    assert (isolated, no_site) == ("-I", "-S")
    assert script.endswith("capture/tone.py")
    assert rest == ["440", "S32_LE", "48000", "2"]
