"""What is said of packets: pause, step, order."""

from __future__ import annotations

import pytest

from process.rtsp.rtp_times import RtpTimes


def test_a_step_is_compared_with_the_longest_pause_and_a_lead_with_the_clock() -> None:
    late = (1 << 32) - 48_000
    times = RtpTimes(48_000, [(0.0, late, 65_535), (1.0, 0, 0), (3.0, 2 * 48_000, 1), (3.1, 4 * 48_000, 2)])
    assert times.step_beyond_pause(0) == pytest.approx(0.0)
    assert times.step_beyond_pause(2.0) == pytest.approx(1.9)
    assert times.lead() == pytest.approx(1.9)
    assert times.is_unbroken
    times.packets.append((3.2, 5 * 48_000, 4))
    assert not times.is_unbroken
