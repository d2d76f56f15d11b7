"""Silent, clipping, or neither: judged from half-second windows in virtual time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.encoder.level import HEARD_SPAN, MUTE_SPAN, STEP, LevelWatch, Silence, Window

PATIENCE = 60.0
ROOM = Window(-0.001, 0.001)  # -60 dBFS
MUTED = Window(0.0, 0.0)


def watch(windows: Iterable[Window]) -> tuple[LevelWatch, float]:
    """A watch that has seen them, half a second apart, and the time then."""
    level, now = LevelWatch(), 0.0
    for window in windows:
        level.note(window, now)
        now += 0.5
    return level, now


@pytest.mark.parametrize(
    ("window", "kind"),
    [
        (MUTED, Silence.DIGITAL),
        (Window(0.25, 0.25), Silence.STUCK),
        (Window(-STEP, STEP), Silence.NO_SIGNAL),
    ],
)
def test_each_kind_of_silence_is_told_after_its_time(window: Window, kind: Silence) -> None:
    level, now = watch([ROOM, *[window] * 118])
    assert level.silence(now, PATIENCE) is None
    level, now = watch([ROOM, *[window] * 122])
    assert level.silence(now, PATIENCE) is kind


def test_a_quiet_room_is_neither_silent_nor_clipping() -> None:
    level, now = watch([ROOM] * 1000)
    assert level.silence(now, PATIENCE) is None
    assert not level.is_clipping


def test_speech_with_pauses_is_not_silent() -> None:
    level, now = watch([Window(-0.3, 0.4), *[ROOM] * 40] * 10)
    assert level.silence(now, PATIENCE) is None


def test_one_sound_ends_a_silence() -> None:
    level, now = watch([*[MUTED] * 200, ROOM])
    assert level.silence(now, PATIENCE) is None


@given(st.lists(st.sampled_from([MUTE_SPAN, MUTE_SPAN * 1.4, HEARD_SPAN * 0.99]), min_size=300, max_size=400))
def test_a_signal_at_the_threshold_does_not_flap(spans: list[float]) -> None:
    level, now, seen = LevelWatch(), 0.0, []
    for span in spans:
        level.note(Window(0.0, span), now)
        seen.append(level.silence(now, PATIENCE) is not None)
        now += 0.5
    changes = sum(before != after for before, after in itertools.pairwise(seen))
    assert changes <= 1


def test_a_click_a_second_is_called_clipping_and_a_single_one_is_not() -> None:
    click, level = Window(-1.0, 1.0), watch([ROOM] * 40)[0]
    level.note(click, 20.0)
    assert not level.is_clipping
    level, _ = watch([click, ROOM] * 5)
    assert level.is_clipping


def test_clipping_is_over_when_ten_seconds_were_clean() -> None:
    level, _ = watch([*[Window(-1.0, 1.0)] * 10, *[ROOM] * 19])
    assert level.is_clipping
    level, _ = watch([*[Window(-1.0, 1.0)] * 10, *[ROOM] * 20])
    assert not level.is_clipping
