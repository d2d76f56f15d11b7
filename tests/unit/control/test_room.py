"""Who may have how many connections at once."""

from __future__ import annotations

from audio_rtsp.control.room import MOST_OF_ONE, MOST_OF_OTHERS, has_room


def test_one_user_cannot_fill_it() -> None:
    assert has_room(1001, [1001] * (MOST_OF_ONE - 1))
    assert not has_room(1001, [1001] * MOST_OF_ONE)
    assert has_room(1002, [1001] * MOST_OF_ONE)


def test_many_users_together_cannot_either() -> None:
    assert not has_room(9, range(1000, 1000 + MOST_OF_OTHERS))
