"""All about one stream, in words."""

from __future__ import annotations

import pytest

from audio_rtsp.cli.stream_facts import render_span, stream_facts
from audio_rtsp.stream_state import StreamState
from unit.cli.snapshots import snapshot, stream


def facts(**given: object) -> dict[str, str]:
    return dict(stream_facts(snapshot(stream(**given)).as_json()["streams"][0]))


def test_a_stream_that_waits_says_why_for_how_long_and_how_to_end_it() -> None:
    told = facts(state=StreamState.COOLDOWN, reason="it ended by itself", state_seconds=150.0, next_try_seconds=243.4)
    assert told["state"] == "COOLDOWN for 2 min"
    assert told["reason"] == "it ended by itself"
    assert told["next try"] == "in 4 min; at once: audio-rtsp stream restart desk"


@pytest.mark.parametrize("seconds", [None, 0.0, 0.2])
def test_a_try_that_comes_now_or_at_the_next_news_has_no_time(seconds: float | None) -> None:
    assert "next try" not in facts(state=StreamState.BUSY, next_try_seconds=seconds)


@pytest.mark.parametrize(
    ("peak", "rms", "level"),
    [
        (None, None, "not yet"),
        (-3.0, None, "peak -3.0 dBFS"),
        (-200.0, -200.0, "peak -200.0 dBFS, RMS -200.0 dBFS"),
        (0.0, 0.0, "peak 0.0 dBFS, RMS 0.0 dBFS"),
    ],
)
def test_the_loudest_level_is_not_told_as_the_quietest(peak: float | None, rms: float | None, level: str) -> None:
    assert facts(peak=peak, rms=rms)["level"] == level


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (119.4, "119 s"),
        (120.0, "2 min"),
        (7199.0, "119 min"),
        (7200.0, "2 h"),
        (2 * 86400.0, "2 days"),
        (604800.0, "7 days"),
    ],
)
def test_a_duration_is_told_as_one_says_it(seconds: float, said: str) -> None:
    assert render_span(seconds) == said
