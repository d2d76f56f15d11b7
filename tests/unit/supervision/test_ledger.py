"""Where every second of a stream went."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.supervision.ledger import STEP, WINDOW, Ledger

PCM = PcmFormat(sample_format="S16_LE", rate=48000, channels=1)
DAY = 86_400
LOOK = 0.5


def played(ledger: Ledger, seconds: float, now: float, *, rate: float = 48000.0) -> float:
    """Capture *seconds* of sound as a device of that true *rate* gives it; returns the new time."""
    size = round(seconds * rate) * PCM.frame_bytes
    ledger.captured(size, now + seconds)
    return now + seconds


def observed(ledger: Ledger, now: float, times: int) -> tuple[float, float]:
    """Sound flows evenly for that many looks: the new time, and what was found lost."""
    lost = 0.0
    for _ in range(times):
        now = played(ledger, LOOK, now)
        lost += ledger.observe(now)
    return now, lost


def test_a_steady_device_loses_nothing() -> None:
    ledger = Ledger(PCM)
    _, lost = observed(ledger, 100.0, 1000)
    assert (lost, ledger.lost_seconds) == (0.0, 0.0)


@pytest.mark.parametrize("ppm", [-200, -50, 50, 200])
def test_the_drift_of_a_device_clock_is_no_loss_even_over_a_day(ppm: int) -> None:
    ledger, now, owed = Ledger(PCM), 0.0, 0.0
    for _ in range(round(DAY / LOOK)):
        now += LOOK
        owed += LOOK * 48000 * (1 + ppm / 1e6)
        size = int(owed) * PCM.frame_bytes
        owed -= int(owed)
        ledger.captured(size, now)
        assert ledger.observe(now) == 0.0
    assert ledger.lost_seconds == 0.0
    assert abs(ledger.missing(now)) < STEP


@pytest.mark.parametrize("ppm", [-200, 0, 200])
def test_a_real_loss_is_found_in_the_middle_of_drift(ppm: int) -> None:
    ledger, now = Ledger(PCM), 0.0
    found = 0.0
    for look in range(7200):
        now += LOOK + (0.4 if look == 3600 else 0.0)
        ledger.captured(round(LOOK * 48000 * (1 + ppm / 1e6)) * PCM.frame_bytes, now)
        found += ledger.observe(now)
    assert found == pytest.approx(0.4, abs=0.01)
    assert ledger.lost_seconds == pytest.approx(0.4, abs=0.01)


def test_sound_that_is_late_comes_back_and_is_not_lost() -> None:
    """The scheduler held us up for half a second: the next look finds it all."""
    ledger = Ledger(PCM)
    now, _ = observed(ledger, 0.0, 10)
    assert ledger.observe(now + 0.5) == 0.0
    ledger.captured(round(1.0 * 48000) * PCM.frame_bytes, now + 1.0)
    _, lost = observed(ledger, now + 1.0, 20)
    assert lost == ledger.lost_seconds == 0.0


def test_the_jitter_of_twenty_milliseconds_adds_up_to_nothing() -> None:
    ledger, chance = Ledger(PCM), random.Random(7)
    periods = 0
    for look in range(1, 20_000):
        now = look * LOOK + chance.uniform(0, 0.02)
        here = int(now / 0.02)
        ledger.captured((here - periods) * PCM.period_bytes, now)
        periods = here
        assert ledger.observe(now) == 0.0
    assert ledger.lost_seconds == 0.0


def test_a_step_is_told_once_and_only_when_it_stayed() -> None:
    ledger = Ledger(PCM)
    now, _ = observed(ledger, 0.0, 10)
    now += 0.25
    told = []
    for _ in range(12):
        now = played(ledger, LOOK, now)
        told.append(ledger.observe(now))
    assert [round(lost, 3) for lost in told if lost] == [0.25]
    assert told.index(max(told)) == WINDOW - 1


def test_too_much_sound_is_no_loss_and_is_forgotten() -> None:
    """A device that gives what it kept while nobody read."""
    ledger = Ledger(PCM)
    now, _ = observed(ledger, 0.0, 10)
    ledger.captured(round(0.5 * 48000) * PCM.frame_bytes, now)
    now, lost = observed(ledger, now, 20)
    assert lost == ledger.lost_seconds == 0.0
    assert abs(ledger.missing(now)) < STEP


def test_filled_silence_is_lost_sound_and_stands_for_its_time() -> None:
    ledger = Ledger(PCM)
    now, _ = observed(ledger, 0.0, 10)
    assert ledger.missing(now + 2.0) == pytest.approx(2.0)
    ledger.filled(PCM.whole_frames(2.0))
    assert ledger.missing(now + 2.0) == pytest.approx(0.0, abs=1e-6)
    assert ledger.filled_seconds == ledger.lost_seconds == 2.0
    ledger.forget_recent()
    _, lost = observed(ledger, now + 2.0, 20)
    assert lost == 0.0


def test_dropped_sound_is_lost_but_had_come() -> None:
    ledger = Ledger(PCM)
    now, _ = observed(ledger, 0.0, 10)
    ledger.dropped(PCM.whole_frames(1.0))
    assert ledger.lost_seconds == 1.0
    assert ledger.filled_seconds == 0.0
    assert ledger.missing(now) == pytest.approx(0.0, abs=1e-6)


def test_before_any_sound_nothing_is_missing() -> None:
    ledger = Ledger(PCM)
    assert not ledger.has_begun
    assert ledger.missing(1e9) == ledger.observe(1e9) == ledger.lost_seconds == 0.0
    ledger.captured(0, 5.0)
    assert not ledger.has_begun


def test_the_first_sound_began_before_it_came() -> None:
    ledger = Ledger(PCM)
    ledger.captured(PCM.period_bytes, 10.0)
    assert ledger.has_begun
    assert ledger.missing(10.0) == pytest.approx(0.0, abs=1e-9)


def test_what_was_seen_before_a_change_of_capture_says_nothing_about_the_next() -> None:
    ledger = Ledger(PCM)
    now, _ = observed(ledger, 0.0, 10)
    for _ in range(WINDOW - 1):
        ledger.observe(now + 0.3)
    ledger.forget_recent()
    assert ledger.observe(now + 0.3) == 0.0


steps = st.lists(
    st.one_of(
        st.tuples(st.just("captured"), st.integers(0, 48000)),
        st.tuples(st.just("filled"), st.integers(0, 48000)),
        st.tuples(st.just("dropped"), st.integers(0, 4800)),
        st.tuples(st.just("passed"), st.integers(0, 96000)),
        st.tuples(st.just("observed"), st.just(0)),
    ),
    max_size=60,
)


@given(steps)
def test_the_accounts_always_add_up(done: list[tuple[str, int]]) -> None:
    ledger, now, told = Ledger(PCM), 50.0, 0.0
    entered = filled = dropped = 0
    for what, frames in done:
        size = frames * PCM.frame_bytes
        match what:
            case "captured":
                ledger.captured(size, now)
                entered += size
            case "filled":
                ledger.filled(size)
                entered, filled = entered + size, filled + size
            case "dropped":
                ledger.dropped(size)
                dropped += size
            case "passed":
                now += frames / 48000
            case "observed":
                found = ledger.observe(now)
                assert found >= 0.0
                told += found
    assert ledger.entered_bytes == entered
    assert ledger.filled_seconds == pytest.approx(filled / 96000)
    assert ledger.lost_seconds == pytest.approx(told + (filled + dropped) / 96000)
    assert ledger.lost_seconds >= 0.0


def test_what_a_dead_connection_swallowed_is_lost() -> None:
    ledger = Ledger(PCM)
    played(ledger, 10.0, 0.0)
    ledger.forfeited(PCM.whole_frames(4.0))
    assert ledger.lost_seconds == pytest.approx(4.0)
    assert ledger.missing(10.0) == pytest.approx(0.0), "it had entered"
