"""What a stream lost over all its sounds, and what of it is told once."""

from __future__ import annotations

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.events.event import Event
from audio_rtsp.supervision.ledger import Ledger
from audio_rtsp.supervision.losses import NO_ROOM, ON_ITS_WAY, OVERRUN, Losses

PCM = PcmFormat(sample_format="S16_LE", rate=48000, channels=1)
SECOND = 96_000
LIVE = Event(subject="desk", before="FILLING", after="LIVE")


def begun(losses: Losses) -> Ledger:
    ledger = Ledger(PCM)
    ledger.captured(SECOND, 0.0)
    losses.begin(ledger)
    return ledger


def test_time_offline_is_lost_from_the_end_of_a_sound_to_the_first_of_the_next() -> None:
    losses = Losses()
    begun(losses)
    losses.end(10.0)
    assert losses.lost(14.0) == 4.0
    begun(losses)
    losses.sound_came(15.0)
    assert losses.lost(100.0) == 5.0


def test_before_the_first_sound_nothing_is_lost() -> None:
    losses = Losses()
    losses.begin(Ledger(PCM))
    losses.end(10.0)
    assert losses.lost(100.0) == 0.0


def test_what_one_sound_lost_stays_in_the_account_of_the_stream() -> None:
    losses = Losses()
    begun(losses).filled(2 * SECOND)
    losses.end(10.0)
    begun(losses).filled(SECOND)
    losses.sound_came(10.0)
    assert (losses.lost(10.0), losses.filled) == (3.0, 3.0)


def test_what_an_encoder_swallowed_unheard_counts_also_when_it_is_told_after_the_end() -> None:
    losses = Losses()
    ledger = begun(losses)
    losses.end(10.0)
    ledger.forfeited(SECOND)
    begun(losses)
    losses.sound_came(10.0)
    losses.end(20.0)
    assert losses.lost(20.0) == 1.0


def test_an_overrun_explains_the_loss_that_is_found_soon_after() -> None:
    losses = Losses()
    losses.overran(10.0)
    assert list(losses.explain(0.3, 0.0, 14.0)) == [(OVERRUN, 0.3)]
    assert list(losses.explain(0.3, 0.0, 16.0)) == [(ON_ITS_WAY, 0.3)]


def test_a_pipe_that_stays_full_is_told_once_until_it_is_live_again() -> None:
    losses = Losses()
    assert [list(losses.explain(0.0, 0.5, 1.0)) for _ in range(3)] == [[(NO_ROOM, 0.5)], [], []]
    losses.told_with(LIVE, 0, 2.0)
    assert list(losses.explain(0.0, 0.5, 3.0)) == [(NO_ROOM, 0.5)]


def test_live_again_tells_what_was_not_told_yet() -> None:
    losses = Losses()
    ledger = begun(losses)
    losses.told_with(LIVE, 1, 1.0)
    ledger.filled(2 * SECOND)
    ledger.dropped(SECOND)
    list(losses.explain(0.0, 1.0, 2.0))
    event = losses.told_with(LIVE, 4, 3.0)
    assert (event.lost, event.filled, event.restarts) == (2.0, 2.0, 3)
    again = losses.told_with(LIVE, 4, 4.0)
    assert (again.lost, again.filled, again.restarts) == (0.0, 0.0, 0)
