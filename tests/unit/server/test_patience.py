"""How long a living server may be silent."""

from __future__ import annotations

from audio_rtsp.server.patience import ANSWER_LIMIT, FORGIVEN_AFTER, LONGEST, START_LIMIT, Patience


def hangs_in(seconds: float, *, has_answered: bool) -> list[float]:
    """When a server that never speaks again is given up, if each of its successors is no better."""
    patience, now, hangs = Patience(), 0.0, []
    while (now := now + patience.limit(has_answered=has_answered, now=now)) < seconds:
        patience.note_hang(now)
        hangs.append(now)
    return hangs


def test_a_server_that_has_spoken_gets_six_seconds_and_a_new_one_more() -> None:
    assert Patience().limit(has_answered=True, now=5000.0) == ANSWER_LIMIT
    assert Patience().limit(has_answered=False, now=5000.0) == START_LIMIT > ANSWER_LIMIT


def test_each_hang_soon_after_another_is_believed_half_as_readily() -> None:
    assert hangs_in(100.0, has_answered=True) == [6.0, 18.0, 42.0, 90.0]
    assert hangs_in(300.0, has_answered=False) == [15.0, 45.0, 105.0, 225.0]


def test_a_server_that_is_only_slow_is_not_restarted_in_a_loop() -> None:
    assert len(hangs_in(3600.0, has_answered=True)) <= 3600 / LONGEST + 5


def test_a_hang_is_forgiven_after_ten_minutes() -> None:
    patience = Patience()
    patience.note_hang(100.0)
    assert patience.limit(has_answered=True, now=100.0 + FORGIVEN_AFTER) > ANSWER_LIMIT
    assert patience.limit(has_answered=True, now=101.0 + FORGIVEN_AFTER) == ANSWER_LIMIT
