"""A change of the configuration, thought through."""

from __future__ import annotations

import pytest

from audio_rtsp.server.mediamtx.change import Change, plan_change
from audio_rtsp.server.mediamtx.derive import Wanted
from audio_rtsp.server.mediamtx.ports import Ports

WANTED = Wanted(rtsp_port=18554, api_port=19997)


def remarks(change: Change) -> list[tuple[int, bool]]:
    return [(one.line, "RTSP_PORT, 18554" in one.says) for one in change.derived.remarks]


@pytest.mark.parametrize("address", [":8554", "0.0.0.0:8554", ":99999", "nonsense"])
def test_a_port_of_the_owners_that_gives_way_is_told(address: str) -> None:
    change = plan_change(f"hls: true\nrtspAddress: {address}\n", Ports(), WANTED)
    assert remarks(change) == [(2, True)]


@pytest.mark.parametrize("text", ["", "hls: true\n", "rtspAddress: :18554\n", "rtspAddress: 0.0.0.0:18554\n"])
def test_a_port_that_is_not_moved_is_not_spoken_of(text: str) -> None:
    assert remarks(plan_change(text, Ports(), WANTED)) == []


def test_who_moves_the_port_himself_is_not_told_of_it() -> None:
    assert remarks(plan_change("rtspAddress: :8554\n", Ports(rtsp=18554), WANTED)) == []


def test_a_file_whose_ports_stay_is_not_laid_out_anew() -> None:
    text = "rtspAddress:   :18554\npaths:\n    desk:\n        source: publisher"
    assert plan_change(text, Ports(), WANTED).after == text
