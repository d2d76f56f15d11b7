"""How much of the stranger's tone is in a recording."""

from __future__ import annotations

from array import array

from field.scenarios.right_card import wrong_seconds
from lab.microphone.pattern import Sine

RATE = 48000


def heard(hertz: int, seconds: float, start: float = 0.0) -> array[int]:
    first = int(start * RATE)
    return Sine(hertz).period(RATE, 0)[first : first + int(seconds * RATE)]


def test_ours_with_holes_and_jumps_is_never_the_strangers() -> None:
    pieces = [heard(440, 0.013, number / 700) + array("h", bytes(2 * number)) for number in range(400)]
    assert wrong_seconds(sum(pieces, array("h"))) == 0


def test_a_hundredth_of_a_second_of_the_stranger_is_heard() -> None:
    found = wrong_seconds(heard(440, 0.5) + heard(700, 0.01) + heard(440, 0.5))
    assert 0.004 < found < 0.012
