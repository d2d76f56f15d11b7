"""What FFMPEG_ADDITIONAL_OPTS may hold."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.encoder.options import ENCODER_OPTIONS, ExtraOptions, parse_options, refused
from unit.encoder.ffmpegs import Ffmpeg, ffmpegs
from unit.encoder.test_filters import SMUGGLED


def test_options_are_split_as_a_shell_would() -> None:
    text = (
        """-af "highpass=f=200,lowpass=f=3000" -metadata 'title=In the garden' -ac 2 -ar 22050 -compression_level 5"""
    )
    assert parse_options(text) == ExtraOptions(
        filters="highpass=f=200,lowpass=f=3000",
        channels=2,
        rate=22050,
        encoder=("-metadata", "title=In the garden", "-compression_level", "5"),
    )


def test_nothing_is_nothing() -> None:
    assert parse_options("") == parse_options("   ") == ExtraOptions()


def test_several_filter_options_become_one_chain_in_their_order() -> None:
    assert parse_options("-af volume=2 -filter:a bass=g=1 -filter:a:0 anull").filters == "volume=2,bass=g=1,anull"


def test_the_last_of_two_numbers_counts() -> None:
    assert parse_options("-ac 1 -ac 2 -ar 8000 -ar 16000") == ExtraOptions(channels=2, rate=16000)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-i other.wav", "-i is not allowed; a stream has one input, its microphone"),
        ("-f mp3", "-f is not allowed; a stream has one output, its RTSP path"),
        ("-y out.mp3", "-y is not allowed; a stream writes no files"),
        ("out.mp3", "out.mp3 is not allowed; options begin with -"),
        ("-af volume=1 out.mp3", "out.mp3 is not allowed; options begin with -"),
        ("-filter_complex anull", "-filter_complex is not allowed; use -af"),
        ("-lavfi anull", "-lavfi is not allowed; use -af"),
        ("-map 0", "-map is not allowed; a stream has one input"),
        ("-c:a flac", "-c:a is not allowed; set AUDIO_CODEC"),
        ("-acodec flac", "-acodec is not allowed; set AUDIO_CODEC"),
        ("-filter_script:a f", "-filter_script:a is not allowed"),
        ("-/filter:a /etc/passwd", "-/filter:a is not allowed"),
        ("-/af /etc/passwd", "-/af is not allowed"),
        ("-progress /tmp/x", "-progress is not allowed"),
        ("-report x", "-report is not allowed"),
        ("-vstats_file /tmp/x", "-vstats_file is not allowed"),
        ("-passlogfile /tmp/x", "-passlogfile is not allowed"),
        ("-attach /etc/passwd", "-attach is not allowed"),
        ("-dump_attachment x", "-dump_attachment is not allowed"),
        ("-init_hw_device x", "-init_hw_device is not allowed"),
        ("-sdp_file /tmp/x", "-sdp_file is not allowed"),
        ("-AF volume=1", "-AF is not allowed"),
        ("--af volume=1", "--af is not allowed"),
        ("-af:1 volume=1", "-af:1 is not allowed"),
        ("-af", "-af needs a value"),
        ("-af volume=1 -ac", "-ac needs a value"),
        ("-af highpass=f=100, lowpass=f=50", "the filter '' is not one"),
        ("-ac 0", "a number from 1 to 8"),
        ("-ac 9", "a number from 1 to 8"),
        ("-ac two", "a number from 1 to 8"),
        ("-ac ２", "a number from 1 to 8"),
        ("-ar 7999", "a number from 8000 to 192000"),
        ("-ar " + "9" * 5000, "a number from 8000 to 192000"),
        ("-metadata -y", "KEY=VALUE"),
        ("-metadata title", "KEY=VALUE"),
        ("-metadata =x", "KEY=VALUE"),
        ("-metadata 'title=a\r\nb'", "without control characters"),
        ("-cutoff ''", "a value on one line"),
        ("-cutoff 'a\0b'", "without control characters"),
        ("-af 'volume=1", "close the quotes"),
        ("-af volume=1\\", "cannot be split into words"),
    ],
)
def test_what_is_not_on_the_list_is_refused_with_what_to_write(text: str, reason: str) -> None:
    assert reason in (refused(text) or "")


@pytest.mark.parametrize("graph", SMUGGLED)
def test_no_shell_quoting_smuggles_a_filter_past_the_list(graph: str) -> None:
    quoted = '"' + graph.replace("\\", "\\\\").replace("OUT", "/tmp/x") + '"'
    assert refused(f"-af {quoted}") is not None


@pytest.mark.parametrize(
    "text",
    [
        """-af "volume=1'" -af "volume='1,ametadata=mode=print" """,
        """-af "volume=1'" -af "',volume=1" """,
        """-af "volume=1\\\\" -af "amovie=x" """,
        """-af "volume='1" -af "2',amovie=x" """,
    ],
)
def test_two_halves_of_a_quote_do_not_join_to_another_filter(text: str) -> None:
    assert refused(text) is not None


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_refused_by_a_value_error_alone(text: str) -> None:
    try:
        parse_options(text)
    except ValueError as error:
        assert str(error)


words = st.sampled_from(
    ["-af", "-ac", "-i", "-metadata", "-b:a", "2", "volume=1", "title=x", "out.mp3", "''", '"', "-y"]
)


@given(st.lists(words, max_size=8).map(" ".join))
def test_whatever_passes_gives_ffmpeg_pairs_from_the_list_only(text: str) -> None:
    try:
        extra = parse_options(text)
    except ValueError:
        return
    assert len(extra.encoder) % 2 == 0
    assert set(extra.encoder[::2]) <= ENCODER_OPTIONS
    assert "out.mp3" not in extra.encoder


SAMPLES = {"-application": "audio", "-aac_coder": "fast", "-frame_duration": "20", "-profile:a": "aac_low"}
SAMPLES |= dict.fromkeys(("-b:a", "-b:a:0", "-ab"), "64k") | {"-metadata": "title=x", "-cutoff": "12000"}


@pytest.mark.parametrize("ffmpeg", ffmpegs(), ids=str)
def test_every_allowed_option_is_one_of_ffmpeg_and_takes_a_value(ffmpeg: Ffmpeg) -> None:
    """One that took none would turn its value into the name of an output file."""
    pairs = [word for option in sorted(ENCODER_OPTIONS) for word in (option, SAMPLES.get(option, "1"))]
    sound = ("-f", "lavfi", "-i", "sine=duration=0.1:sample_rate=48000")
    argv = [ffmpeg.program, "-hide_banner", "-nostdin", *sound, "-c:a", "aac", *pairs, "-f", "null", "-"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Output #") == 1
