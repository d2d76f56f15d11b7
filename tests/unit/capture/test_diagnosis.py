"""Why a capture ended, read from what the real arecord said."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_rtsp.capture.diagnosis import CaptureFault, diagnose, overruns

SAID = Path(__file__).parent / "said"


def stderr_of(name: str) -> list[str]:
    return (SAID / f"arecord_{name}.txt").read_text().partition("--- stderr\n")[2].splitlines()


@pytest.mark.parametrize(
    ("name", "fault", "words"),
    [
        ("busy", CaptureFault.BUSY, "Device or resource busy"),
        ("no_card", CaptureFault.GONE, "No such device"),
        ("unplug", CaptureFault.GONE, "read error: No such device"),
        ("stall", CaptureFault.STALLED, "read error: Input/output error"),
        ("wrong_channels", CaptureFault.CANNOT_WORK, "Channels count non available"),
    ],
)
def test_what_arecord_said_in_trouble_is_understood(name: str, fault: CaptureFault, words: str) -> None:
    found = diagnose(stderr_of(name))
    assert found.fault is fault
    assert words in " ".join(stderr_of(name))
    assert found.line in stderr_of(name)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("arecord: pcm_read:2221: read error: File descriptor in bad state", CaptureFault.GONE),
        ("arecord: xrun:1682: xrun: prepare error: Input/output error", CaptureFault.STALLED),
        ("arecord: xrun:1682: xrun: prepare error: No such device", CaptureFault.GONE),
        ("arecord: xrun:1719: read/write error, state = DISCONNECTED", CaptureFault.GONE),
        ("arecord: main:850: audio open error: Resource busy", CaptureFault.BUSY),
        ("arecord: pcm_read:2285: read error: I/O error", CaptureFault.STALLED),
        ("arecord: main:830: audio open error: Connection timed out", CaptureFault.STALLED),
        ("arecord: main:831: audio open error: Permission denied", CaptureFault.NOT_ALLOWED),
        ("arecord: main:831: audio open error: No such file or directory", CaptureFault.GONE),
        ("ALSA lib pcm.c:2666:(snd_pcm_open_noupdate) Unknown PCM plughw:CARD=Mic", CaptureFault.CANNOT_WORK),
        ("arecord: set_params:1352: Sample format non available", CaptureFault.CANNOT_WORK),
        ("arecord: set_params:1416: Unable to install hw params:", CaptureFault.NOT_STARTED),
        ("arecord: xrun:1672: read/write error, state = PREPARED", CaptureFault.NOT_STARTED),
        ("arecord: main:850: audio open error: Invalid argument", CaptureFault.NOT_STARTED),
        ("arecord: pcm_read:2221: read error: No space left on device", CaptureFault.NOT_STARTED),
        (
            "arecord: error while loading shared libraries: libasound.so.2: cannot open shared object file: "
            "No such file or directory",
            CaptureFault.SHORTAGE,
        ),
        ("arecord: main:850: audio open error: Cannot allocate memory", CaptureFault.SHORTAGE),
        ("Aborted by signal Interrupt...", CaptureFault.UNEXPLAINED),
    ],
)
def test_a_line_tells_the_fault(line: str, fault: CaptureFault) -> None:
    found = diagnose(["something before", line])
    assert (found.fault, found.line) == (fault, line)


def test_a_card_that_is_gone_is_not_called_unknown_for_the_words_around_it() -> None:
    """alsa-lib says both of a missing card; that it is gone can heal, that it cannot work does not."""
    lines = [
        "ALSA lib confmisc.c:165:(snd_config_get_card) Cannot get card index for Mic",
        "ALSA lib conf.c:5180:(snd_config_expand) Evaluate error: No such file or directory",
        "ALSA lib pcm.c:2666:(snd_pcm_open_noupdate) Unknown PCM plughw:CARD=Mic,DEV=0",
        "arecord: main:831: audio open error: No such file or directory",
    ]
    assert diagnose(lines).fault is CaptureFault.GONE


def test_a_driver_that_cannot_start_is_told_by_its_line_and_not_by_the_figures_after_it() -> None:
    """As in github.com/respeaker/seeed-voicecard/issues/353, which went away with a reboot."""
    said = """arecord: set_params:1416: Unable to install hw params:
ACCESS:  RW_INTERLEAVED
FORMAT:  S16_LE
RATE: 48000
TICK_TIME: 0"""
    found = diagnose(said.splitlines())
    assert (found.fault, found.line) == (CaptureFault.NOT_STARTED, said.splitlines()[0])


def test_without_a_known_sign_the_last_line_is_shown() -> None:
    assert diagnose(["one", "two"]).line == "two"
    assert diagnose([]).fault is CaptureFault.UNEXPLAINED


def test_a_rate_that_is_only_near_is_no_fault() -> None:
    assert diagnose(stderr_of("wrong_rate")).fault is CaptureFault.UNEXPLAINED


def test_overruns_are_counted() -> None:
    lines = ["overrun!!! (at least 12.345 ms long)", "something", "overrun!!! (at least 1.000 ms long)"]
    assert overruns(lines) == 2
    assert overruns([]) == 0
