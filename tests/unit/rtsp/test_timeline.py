"""One numbering over many publishers."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.rtsp.rtp import (
    Header,
    SenderReport,
    interleave,
    parse_header,
    payload_start,
    render_sender_report,
    rewrite,
)
from audio_rtsp.rtsp.timeline import Start, Timeline
from audio_rtsp.rtsp.wall_clock import WallClock
from unit.rtsp.stage import mp3_packet, patient

CLOCK = 90_000


def timeline(sequence: int = 65_534, timestamp: int = 2**32 - 10) -> Timeline:
    start = Start(ssrc=42, sequence=sequence, timestamp=timestamp)
    return Timeline(start, payload_types=frozenset({14}), clock=CLOCK, is_mpeg_audio=True)


def header_of(packet: bytes | None) -> Header:
    assert packet is not None
    header = parse_header(packet)
    assert header is not None
    return header


lives = st.lists(
    st.tuples(
        st.integers(0, 65535),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**32 - 1),
        st.integers(1, 6),
        st.floats(0.0, 29.0),
    ),
    min_size=2,
    max_size=6,
)


@patient
@given(lives, st.integers(0, 65535), st.integers(0, 2**32 - 1))
def test_sequence_and_source_are_constant_and_time_never_goes_back(
    lived: list[tuple[int, int, int, int, float]], sequence: int, timestamp: int
) -> None:
    line, now, got, arrivals = timeline(sequence, timestamp), 5.0, [], []
    for first, time, ssrc, count, gap in lived:
        line.change_publisher()
        for number in range(count):
            got.append(header_of(line.carry(mp3_packet(first + number, time + 2_351 * number, ssrc=ssrc), now)))
            arrivals.append(now)
            now += 2_351 / CLOCK
        now += gap
    assert [header.sequence for header in got] == [(sequence + n) % 65536 for n in range(len(got))]
    assert {header.ssrc for header in got} == {42}
    for before, after, a, b in zip(got, got[1:], arrivals, arrivals[1:], strict=False):
        assert (after.timestamp - before.timestamp) % 2**32 / CLOCK == pytest.approx(b - a, abs=0.001)


def test_the_first_packet_after_a_gap_is_marked_and_begins_a_frame() -> None:
    line = timeline()
    assert not header_of(line.carry(mp3_packet(1, 0), 1.0)).marker
    line.change_publisher()
    middle = mp3_packet(5, 0)[:12] + b"\0\0\x01\x00rest"
    assert line.carry(middle, 2.0) is None
    assert header_of(line.carry(mp3_packet(6, 0), 2.0)).marker
    assert not header_of(line.carry(mp3_packet(7, 1), 2.0)).marker


def test_a_gap_of_no_time_still_advances_by_one_packet() -> None:
    line = timeline()
    line.carry(mp3_packet(1, 0), 1.0)
    before = header_of(line.carry(mp3_packet(2, 2_351), 1.0))
    line.change_publisher()
    after = header_of(line.carry(mp3_packet(1, 99), 1.0))
    assert (after.timestamp - before.timestamp) % 2**32 == 2_351


def test_a_late_packet_keeps_its_place() -> None:
    line = timeline(10, 0)
    sequences = [header_of(line.carry(mp3_packet(n, n * 10), 1.0)).sequence for n in (1, 2, 4, 3, 5)]
    assert sequences == [10, 11, 13, 12, 14]


def test_a_backlog_does_not_make_listeners_later_for_ever() -> None:
    """Every encoder catches up half a second that was captured while it was away, and then lives for an hour."""
    line, now = timeline(0, 0), 0.0
    line.carry(mp3_packet(1, 0), now)
    for life in range(2, 40):
        line.change_publisher()
        now += 0.5
        for number in range(20):  # the backlog, all at once
            line.carry(mp3_packet(number, number * 2_250, ssrc=life), now)
        now += 3600
        last = header_of(line.carry(mp3_packet(20, 19 * 2_250 + 3600 * CLOCK, ssrc=life), now))
        ahead = last.timestamp / CLOCK - now % (2**32 / CLOCK)
        assert -0.01 <= ahead % (2**32 / CLOCK) <= 1.5


def test_ten_hangs_in_a_row_each_step_by_their_whole_gap_and_a_thousand_are_bounded() -> None:
    """Every encoder catches up on 4.5 s, and hangs after a minute."""
    line, now, steps, last = timeline(0, 0), 0.0, list[float](), 0
    line.carry(mp3_packet(1, 0), now)
    for life in range(2, 1002):
        line.change_publisher()
        now += 4.5
        for number in range(90):  # the backlog, all at once
            header = header_of(line.carry(mp3_packet(number, number * 4_500, ssrc=life), now))
            steps.extend([(header.timestamp - last) % 2**32 / CLOCK] if number == 0 else [])
        now += 60
        last = header_of(line.carry(mp3_packet(90, 89 * 4_500 + 60 * CLOCK, ssrc=life), now)).timestamp
    assert steps[:10] == pytest.approx([4.5] * 10, abs=0.001)
    assert (last / CLOCK - now) % (2**32 / CLOCK) < 60


def test_the_time_of_reports_runs_on_between_packets() -> None:
    line = timeline(0, 0)
    assert line.tell_time(1.0) is None
    line.carry(mp3_packet(1, 0), 1.0)
    assert line.tell_time(3.0) == 2 * CLOCK
    assert line.tell_time(8.0) == 7 * CLOCK
    line.carry(mp3_packet(2, 100 * CLOCK), 8.0)  # no delay and no backlog is so long
    assert line.tell_time(9.0) == 101 * CLOCK


def test_neither_delay_nor_backlog_is_a_step_in_the_reports() -> None:
    """Packets come up to 80 ms late; after a minute an encoder hangs, and the next one catches up on 4 s at once."""
    line, told, late = timeline(0, 0), list[int](), itertools.cycle((0.0, 0.08, 0.03))
    for second in range(6_000):
        if second == 64:
            line.change_publisher()
        if not 60 <= second < 64:
            line.carry(mp3_packet(second, (second + 4 * (second > 64)) * CLOCK), second + next(late))
        if second % 5 == 0:
            told.append(line.tell_time(second + 0.5) or 0)
    steps = [(after - before) % 2**32 / CLOCK - 5 for before, after in itertools.pairwise(told)]
    assert max(map(abs, steps)) <= 0.0051
    assert (told[11] / CLOCK - 55.5, told[-1] / CLOCK - 5_995.5) == pytest.approx((0, 4), abs=0.1)


@patient
@given(st.binary(max_size=60))
def test_any_bytes_are_a_packet_or_nothing(data: bytes) -> None:
    line = timeline()
    for packet in (data, b"\x80\x0e" + data, b"\x9f\x0e" + data):
        carried = line.carry(packet, 1.0)
        assert carried is None or len(carried) == len(packet)


@patient
@given(st.binary(min_size=12, max_size=90).map(lambda data: b"\x80" + data[1:]))
def test_rewriting_with_the_same_header_changes_nothing(packet: bytes) -> None:
    assert rewrite(packet, header_of(packet)) == packet
    assert interleave(3, packet) == b"$\x03" + len(packet).to_bytes(2, "big") + packet


def test_csrc_and_extension_are_no_payload() -> None:
    assert payload_start(b"\x80" + bytes(11)) == 12
    assert payload_start(b"\x92" + bytes(19) + b"\0\0\0\x01" + bytes(4)) == 28


def test_a_sender_report_as_the_rfc_draws_it() -> None:
    report = SenderReport(ssrc=1, wall=0.5, timestamp=2, packets=3, payload_bytes=4)
    head = (
        b"\x80\xc8\x00\x06\0\0\0\x01"
        + (2_208_988_800).to_bytes(4, "big")
        + b"\x80\0\0\0"
        + b"\0\0\0\x02\0\0\0\x03\0\0\0\x04"
    )
    assert render_sender_report(report, "ab") == head + b"\x81\xca\x00\x03\0\0\0\x01\x01\x02ab\0\0\0\0"


def test_the_wall_clock_follows_steps_and_ignores_slewing() -> None:
    wall = WallClock(0.0, 1_000.0)
    wall.compare(10.0, 1_010.05)
    assert wall.at(10.0) == 1_010.0
    wall.compare(20.0, 5_000.0)
    assert wall.at(21.0) == 5_001.0
