"""The state of a stream from the conditions of its two sides. Pure."""

from __future__ import annotations

from audio_rtsp.stream_state import StreamState
from audio_rtsp.supervision.condition import CaptureCondition, EncoderCondition

OF_CAPTURE = {
    CaptureCondition.BUSY: StreamState.BUSY,
    CaptureCondition.ABSENT: StreamState.WAITING,
    CaptureCondition.BACKOFF: StreamState.BACKOFF,
    CaptureCondition.COOLDOWN: StreamState.COOLDOWN,
    CaptureCondition.REFUSED: StreamState.REFUSED,
    CaptureCondition.STARTING: StreamState.STARTING,
    CaptureCondition.FLOWING: StreamState.STARTING,
}
OF_ENCODER = {
    EncoderCondition.BACKOFF: StreamState.BACKOFF,
    EncoderCondition.COOLDOWN: StreamState.COOLDOWN,
    EncoderCondition.REFUSED: StreamState.REFUSED,
}


def judge(
    capture: CaptureCondition,
    capture_reason: str,
    encoder: EncoderCondition,
    encoder_reason: str,
    *,
    is_flowing: bool,
    is_heard: bool,
    silence: str = "",
) -> tuple[StreamState, str]:
    """What a listener gets, and why it is not the microphone's sound."""
    if is_flowing and is_heard:
        return (StreamState.SILENT, silence) if silence else (StreamState.LIVE, "")
    if is_heard:
        return StreamState.FILLING, capture_reason or "no sound comes from the device"
    if capture is not CaptureCondition.FLOWING:
        return OF_CAPTURE[capture], capture_reason
    return OF_ENCODER.get(encoder, StreamState.STARTING), encoder_reason
