"""What ffmpeg reports while it runs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.encoder.report import QUIETEST, Report

BLOCK = """\
frame:3    pts:66150   pts_time:1.5
lavfi.astats.Overall.RMS_level=-24.082135
frame:3    pts:66150   pts_time:1.5
lavfi.astats.Overall.Min_level=-8192.000000
lavfi.astats.Overall.Max_level=16384.000000
lavfi.astats.Overall.Peak_level=-6.020600
bitrate= 123.3kbits/s
total_size=15734
out_time_us=1021000
out_time_ms=1021000
out_time=00:00:01.021000
progress=continue
""".splitlines()


def test_progress_and_levels_are_read_from_one_stream_of_lines() -> None:
    assert Report().updated(BLOCK, 32768) == Report(
        output_seconds=1.021, peak=-6.0206, rms=-24.082135, lowest=-0.25, highest=0.5, windows=1
    )


def test_extremes_are_a_share_of_full_scale_whatever_the_format() -> None:
    lines = ["lavfi.astats.Overall.Min_level=-2147483648.000000", "lavfi.astats.Overall.Max_level=1073741824.000000"]
    report = Report().updated(lines, 2**31)
    assert (report.lowest, report.highest) == (-1.0, 0.5)


def test_of_several_windows_that_came_at_once_none_hides_the_loudest() -> None:
    key = "lavfi.astats.Overall."
    loud = [f"{key}Min_level=-32768", f"{key}Max_level=16384", f"{key}Peak_level=0.0"]
    quiet = [f"{key}Min_level=-1", f"{key}Max_level=1", f"{key}Peak_level=-90.3"]
    for lines in (loud + quiet, quiet + loud):
        report = Report().updated(lines, 32768)
        assert (report.lowest, report.highest, report.peak, report.windows) == (-1.0, 0.5, 0.0, 2)
    assert Report(lowest=-1.0, peak=0.0).updated(quiet, 32768).peak == -90.3


def test_the_newest_value_counts_and_the_others_stay() -> None:
    before = Report(output_seconds=1.0, peak=-3.0)
    after = before.updated(["out_time_us=2000000", "out_time_us=2500000"], 32768)
    assert after == Report(output_seconds=2.5, peak=-3.0)


@pytest.mark.parametrize("text", ["-inf", "-Inf", "-1e9"])
def test_digital_silence_has_a_number(text: str) -> None:
    lines = [f"lavfi.astats.Overall.Peak_level={text}"]
    assert Report().updated(lines, 32768).peak in (QUIETEST, -1e9)


@pytest.mark.parametrize(
    "line",
    ["out_time_us=N/A", "out_time_us=", "lavfi.astats.Overall.RMS_level=nan", "", "=", "peak=1", "output_seconds=3"],
)
def test_what_says_nothing_changes_nothing(line: str) -> None:
    before = Report(output_seconds=1.0, rms=-20.0)
    assert before.updated([line], 32768) == before


@given(st.lists(st.text(max_size=40)))
def test_no_line_can_break_it(lines: list[str]) -> None:
    Report().updated(lines, 32768)


@given(
    st.sampled_from(["out_time_us=", "lavfi.astats.Overall.Max_level=", "lavfi.astats.Overall.RMS_level="]), st.text()
)
def test_a_value_is_a_number_or_is_passed_over(key: str, text: str) -> None:
    report = Report().updated([key + text], 32768)
    values = [value for value in (report.output_seconds, report.rms, report.highest) if value is not None]
    assert not any(math.isnan(value) for value in values)
