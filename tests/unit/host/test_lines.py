"""What a child says, kept until somebody asks."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest

from audio_rtsp.host.lines import KEPT_LINES, LONGEST_LINE, MOST_READS, READ_SIZE, Lines


@pytest.fixture
def lines() -> Iterator[Lines]:
    made = Lines()
    yield made
    made.close()


def say(lines: Lines, text: bytes) -> None:
    os.write(lines.writing_end, text)


def end(lines: Lines) -> None:
    lines.close_writing_end()


def test_only_whole_lines_are_taken_and_the_rest_waits(lines: Lines) -> None:
    say(lines, b"one\ntwo\nthr")
    assert lines.take() == ("one", "two")
    assert lines.take() == ()
    say(lines, b"ee\n")
    assert lines.take() == ("three",)
    end(lines)


def test_the_last_word_of_the_dead_counts_without_its_newline(lines: Lines) -> None:
    say(lines, b"one\nkilled in the mid")
    end(lines)
    assert lines.take_all() == ("one", "killed in the mid")
    assert lines.take_all() == ()


def test_a_carriage_return_ends_a_line_and_blank_lines_are_none(lines: Lines) -> None:
    say(lines, b"10%\r20%\r\n\n   \nend  \n")
    assert lines.take() == ("10%", "20%", "end")
    end(lines)


def test_what_is_no_text_is_shown_as_well_as_can_be(lines: Lines) -> None:
    say(lines, b"caf\xe9\nna\xc3\xafve\n")
    assert lines.take() == ("caf�", "naïve")
    end(lines)


def test_a_character_cut_by_the_pipe_is_whole_again(lines: Lines) -> None:
    say(lines, b"na\xc3")
    assert lines.take() == ()
    say(lines, b"\xafve\n")
    assert lines.take() == ("naïve",)
    end(lines)


def test_of_a_flood_only_the_last_lines_are_kept(lines: Lines) -> None:
    say(lines, b"".join(b"%d\n" % number for number in range(1000)))
    taken = lines.take()
    assert taken == tuple(str(number) for number in range(1000 - KEPT_LINES, 1000))
    end(lines)


def test_a_line_without_end_is_cut_and_costs_no_memory(lines: Lines) -> None:
    for _ in range(20):
        say(lines, b"x" * 60_000)
        assert lines.take() == ()
        assert len(lines._rest) <= LONGEST_LINE
    say(lines, b"\nnext\n")
    assert [len(line) for line in lines.take()] == [LONGEST_LINE, 4]
    end(lines)


def test_all_bytes_are_counted_whatever_is_kept(lines: Lines) -> None:
    say(lines, b"x" * 10_000 + b"\n")
    lines.take()
    assert lines.bytes_read == 10_001
    end(lines)


def test_what_was_said_counts_before_it_is_read(lines: Lines) -> None:
    say(lines, b"one\n")
    assert (lines.bytes_read, lines.bytes_said) == (0, 4)
    lines.take()
    say(lines, b"two\n")
    assert (lines.bytes_read, lines.bytes_said) == (4, 8)
    end(lines)
    lines.close()
    assert lines.bytes_said == 4


def test_one_look_at_a_flood_reads_a_bounded_amount(lines: Lines) -> None:
    """A writer that is faster than we are would else keep the event loop reading for ever."""
    is_over = threading.Event()

    def flood() -> None:
        while not is_over.is_set():
            os.write(lines.writing_end, b"y" * 8192 + b"\n")

    writer = threading.Thread(target=flood)
    writer.start()
    try:
        time.sleep(0.05)
        lines.take()
        assert 0 < lines.bytes_read <= MOST_READS * READ_SIZE
    finally:
        is_over.set()
        while writer.is_alive():
            lines.take()
        writer.join()
    end(lines)


def test_without_a_descriptor_nothing_is_said(lines: Lines) -> None:
    end(lines)
    lines.close()
    lines.close()
    assert lines.take_all() == ()
