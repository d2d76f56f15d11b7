"""What is computed from measurements, and how it is written."""

from __future__ import annotations

import pytest
from bench.machine import parse_cpu, parse_memory
from bench.process import parse_cpu_seconds, parse_field
from bench.row import HEADER, number, render_row, row
from bench.spread import spread_of


def test_the_median_of_an_odd_count_is_the_middle_one() -> None:
    found = spread_of([5.0, 1.0, 3.0])
    assert (found.median, found.low, found.high, found.runs) == (3.0, 1.0, 5.0, 3)


def test_the_median_of_an_even_count_lies_between_the_middle_two() -> None:
    assert spread_of([4.0, 1.0, 2.0, 9.0]).median == 3.0


def test_nothing_measured_is_an_error_not_a_zero() -> None:
    with pytest.raises(ValueError, match="nothing"):
        spread_of([])


@pytest.mark.parametrize(("values", "verdict"), [([2.9, 3.0, 9.0], "ok"), ([1.0, 3.1, 3.2], "over")])
def test_the_median_decides_not_the_worst(values: list[float], verdict: str) -> None:
    assert row("live", "32 LIVE", values, "s", 3.0).verdict == verdict


def test_a_floor_is_missed_from_below() -> None:
    assert row("gaps", "same reader session", [1.0, 0.0, 0.0], "", 1.0, is_floor=True).verdict == "under"


def test_without_a_target_there_is_no_verdict() -> None:
    assert row("upkeep", "wake-ups", [4.0], "1/s").verdict == ""


def test_a_row_keeps_within_80_columns() -> None:
    text = render_row(row("encoding", "kill -9 arecord, mediamtx: lost and", [123.4, 1234.5, 99999.0], "s", 100.0))
    assert len(text) <= 80
    assert text.endswith("over")
    assert len(HEADER) <= 80


NUMBERS = {0: "0", 0.0004: "0.0004", 0.0163: "0.016", 1.1: "1.10", 3.0: "3", 32.0: "32", 12.34: "12.3", 1235.5: "1236"}


@pytest.mark.parametrize(("value", "text"), NUMBERS.items())
def test_numbers_keep_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_cpu_time_is_read_behind_a_name_with_brackets_and_blanks() -> None:
    stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 900 0 0 0 150 50 7 8 20 0 1 0 100 0 0"
    assert parse_cpu_seconds(stat, 100) == 2.0


def test_a_field_of_proc_is_read_by_its_whole_name() -> None:
    text = "nonvoluntary_ctxt_switches:\t9\nvoluntary_ctxt_switches:\t17\nRss:     2048 kB\n"
    assert parse_field(text, "voluntary_ctxt_switches") == 17
    assert parse_field(text, "Rss") == 2048
    with pytest.raises(ValueError, match="Pss"):
        parse_field(text, "Pss")


def test_the_processor_of_a_pc_and_of_a_raspberry_pi_are_named() -> None:
    assert parse_cpu("processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n") == "Some CPU @ 2 GHz"
    assert parse_cpu("processor\t: 0\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n") == "Raspberry Pi 4 Model B Rev 1.4"
    assert parse_cpu("processor\t: 0\n") == ""
    assert parse_memory("MemTotal:        2048000 kB\n") == 2000
