"""Lost, stale and silent sound, and tones, in samples that are known."""

from __future__ import annotations

import math
from array import array

from lab.microphone.pattern import Count, SpoiltCount, TornCount
from lab.sound.counter import count_losses
from lab.sound.tone import is_audible, measure_tone

RATE = 48000


def counted(*numbers: int) -> array[int]:
    """As the pattern Count has them."""
    return array("h", (number & 0x7FFF or -(number >> 15) - 1 for number in numbers))


def test_a_whole_recording_has_no_break() -> None:
    result = count_losses(counted(*range(100, 100_100)), RATE)
    assert (result.frames, result.stale, result.breaks) == (100_000, 0, ())


def test_silence_before_the_first_sound_is_no_loss() -> None:
    assert not count_losses(array("h", bytes(2000)) + counted(*range(1, 9000)), RATE).breaks


def test_missing_samples_are_counted_to_the_sample() -> None:
    result = count_losses(counted(*range(20_000), *range(22_880, 60_000)), RATE)
    assert [(one.lost, one.silent) for one in result.breaks] == [(2880, 0)]
    assert result.lost_seconds == 0.06 and result.breaks[0].at == 20_000 / RATE


def test_silence_in_place_of_sound_is_told_from_a_loss() -> None:
    samples = counted(*range(1, 10_001)) + array("h", bytes(2 * 4800)) + counted(*range(14_801, 40_000))
    result = count_losses(samples, RATE)
    assert [(one.lost, one.silent) for one in result.breaks] == [(0, 4800)]
    assert result.silent_seconds == 0.1


def test_silence_before_a_first_sound_from_the_middle_is_no_loss() -> None:
    assert not count_losses(array("h", bytes(2000)) + counted(*range(12_345, 90_000)), RATE).breaks


def test_a_loss_of_many_seconds_is_known_to_the_sample() -> None:
    for lost in (32_767, 48_000 * 3 + 17, 48_000 * 20):
        result = count_losses(counted(*range(40_000), *range(40_000 + lost, 120_000 + lost)), RATE)
        assert [one.lost for one in result.breaks] == [lost]


def test_what_is_missing_beside_the_silence_is_lost() -> None:
    silence = array("h", bytes(2 * 48_000))
    result = count_losses(counted(*range(1, 40_001)) + silence + counted(*range(40_001 + 48_480, 140_000)), RATE)
    assert [(one.lost, one.silent) for one in result.breaks] == [(480, 48_000)]


def test_sound_that_comes_twice_is_a_break_without_loss() -> None:
    result = count_losses(counted(*range(50_000), *range(49_000, 99_000)), RATE)
    assert [(one.lost, one.silent) for one in result.breaks] == [(0, 0)]


def test_breaks_close_to_each_other_are_known_within_a_round() -> None:
    result = count_losses(counted(*range(9_000), *range(9_100, 9_900), *range(10_000, 90_000)), RATE)
    assert [one.lost for one in result.breaks] == [100, 100]


def test_a_round_that_begins_where_a_stride_begins_is_no_break() -> None:
    for start in (1, 2, 4095, 4096, 4097, 28_671, 28_672, 28_673, 28_674, 32_767, 32_768, 32_769):
        assert not count_losses(counted(*range(start, start + 140_000)), RATE).breaks, start


def test_the_torn_count_is_torn_once_a_round() -> None:
    result = count_losses(TornCount().period(RATE, 0)[:120_000], RATE)
    assert [one.lost for one in result.breaks] == [240] * 4


def test_the_count_begins_anew_after_its_last_round() -> None:
    whole = Count().period(RATE, 0)
    assert not count_losses(whole[-100_000:] + whole[:100_000], RATE).breaks
    lost = count_losses(whole[-100_000:-10_000] + whole[20_000:100_000], RATE)
    assert [one.lost for one in lost.breaks] == [30_000]


def test_the_count_passing_zero_is_not_silence() -> None:
    assert not count_losses(counted(*range(30_000, 40_000)), RATE).breaks


def test_a_stale_millisecond_is_neither_lost_nor_ignored() -> None:
    samples = counted(*range(30_000))
    samples[10_000:10_048] = counted(*range(5_000, 5_048))
    result = count_losses(samples, RATE)
    assert (result.stale, result.breaks) == (1, ())


def test_sound_of_which_every_sample_arrived_lacks_nothing() -> None:
    assert not count_losses(counted(*range(100, 100_100)), RATE).shortfall(2.3)


def test_a_recording_lacks_what_did_not_come_at_all() -> None:
    assert "2.08 s of sound in 3.00 s" in count_losses(counted(*range(100, 100_100)), RATE).shortfall(3.0)
    begun_late = array("h", bytes(2 * 48_000)) + counted(*range(100, 100_100))
    assert "2.08 s of sound in 3.00 s" in count_losses(begun_late, RATE).shortfall(3.0)
    assert count_losses(array("h"), RATE).shortfall(1.0)


def test_a_break_is_a_shortfall() -> None:
    assert "lost 0.060 s" in count_losses(counted(*range(20_000), *range(22_880, 60_000)), RATE).shortfall(1.0)


def test_a_stale_millisecond_now_and_then_is_no_shortfall_but_many_are() -> None:
    samples = counted(*range(100, 100_100))
    samples[10_000:10_048] = counted(*range(5_000, 5_048))
    assert not count_losses(samples, RATE).shortfall(2.0)
    spoilt = count_losses(SpoiltCount().period(RATE, 0)[:100_000], RATE)
    assert not spoilt.breaks and "4992 samples are wrong, in 104 places" in spoilt.shortfall(2.0)


def test_nothing_at_all_breaks_nothing() -> None:
    assert count_losses(array("h"), RATE).frames == 0
    assert not count_losses(array("h", bytes(2000)), RATE).breaks


def test_a_break_at_every_spot_is_found() -> None:
    for spot in (1, 4094, 4095, 4096, 4097, 8190, 8191, 8192, 12_000):
        result = count_losses(counted(*range(spot + 1), *range(spot + 1001, 20_000)), RATE)
        assert [one.lost for one in result.breaks] == [1000], spot


def test_a_tone_has_its_frequency_and_level() -> None:
    samples = array("h", (int(16384 * math.sin(2 * math.pi * 700 * n / RATE)) for n in range(RATE)))
    tone = measure_tone(samples, RATE)
    assert abs(tone.hertz - 700) < 0.01 and abs(tone.level - 0.3535) < 0.001 and is_audible(samples)


def test_silence_has_no_tone() -> None:
    tone = measure_tone(array("h", bytes(2 * RATE)), RATE)
    assert (tone.hertz, tone.level, tone.seconds) == (0, 0, 1) and not is_audible(array("h", bytes(100)))
