"""The state of a stream from the conditions of its two sides."""

from __future__ import annotations

import itertools

import pytest

from audio_rtsp.stream_state import StreamState
from audio_rtsp.supervision.condition import CaptureCondition, EncoderCondition
from audio_rtsp.supervision.state import judge

EVERY = list(itertools.product(CaptureCondition, EncoderCondition, (False, True), (False, True)))


def state(
    capture: CaptureCondition, encoder: EncoderCondition, *, is_flowing: bool = False, is_heard: bool = False
) -> tuple[StreamState, str]:
    return judge(capture, "why no capture", encoder, "why no encoder", is_flowing=is_flowing, is_heard=is_heard)


@pytest.mark.parametrize(("capture", "encoder", "is_flowing", "is_heard"), EVERY)
def test_live_is_said_only_with_all_the_evidence(
    capture: CaptureCondition, encoder: EncoderCondition, is_flowing: bool, is_heard: bool
) -> None:
    found, reason = state(capture, encoder, is_flowing=is_flowing, is_heard=is_heard)
    assert (found is StreamState.LIVE) == (is_flowing and is_heard)
    assert (found is StreamState.FILLING) == (is_heard and not is_flowing)
    assert (reason == "") == (found is StreamState.LIVE)


@pytest.mark.parametrize(
    ("capture", "expected"),
    [
        (CaptureCondition.ABSENT, StreamState.WAITING),
        (CaptureCondition.BUSY, StreamState.BUSY),
        (CaptureCondition.BACKOFF, StreamState.BACKOFF),
        (CaptureCondition.COOLDOWN, StreamState.COOLDOWN),
        (CaptureCondition.REFUSED, StreamState.REFUSED),
        (CaptureCondition.STARTING, StreamState.STARTING),
    ],
)
def test_without_sound_the_captures_trouble_is_told(capture: CaptureCondition, expected: StreamState) -> None:
    assert state(capture, EncoderCondition.BACKOFF) == (expected, "why no capture")


@pytest.mark.parametrize(
    ("encoder", "expected"),
    [
        (EncoderCondition.BACKOFF, StreamState.BACKOFF),
        (EncoderCondition.COOLDOWN, StreamState.COOLDOWN),
        (EncoderCondition.REFUSED, StreamState.REFUSED),
        (EncoderCondition.HOLDING, StreamState.STARTING),
        (EncoderCondition.STARTING, StreamState.STARTING),
    ],
)
def test_with_sound_the_encoders_trouble_is_told(encoder: EncoderCondition, expected: StreamState) -> None:
    assert state(CaptureCondition.FLOWING, encoder, is_flowing=True) == (expected, "why no encoder")


def test_an_encoder_that_is_online_but_not_heard_is_not_live() -> None:
    found = state(CaptureCondition.FLOWING, EncoderCondition.ONLINE, is_flowing=True)
    assert found[0] is StreamState.STARTING


def test_filling_is_explained_even_when_the_capture_says_nothing() -> None:
    found = judge(CaptureCondition.FLOWING, "", EncoderCondition.ONLINE, "", is_flowing=False, is_heard=True)
    assert found == (StreamState.FILLING, "no sound comes from the device")
