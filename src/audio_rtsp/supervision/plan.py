"""What one stream shall be: the settings made precise for its device. Compared by value to see what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from audio_rtsp.config.settings import (
    AUDIO_CAPTURE_VOLUME,
    AUDIO_CHANNEL_PICK,
    AUDIO_SILENCE_SECONDS,
    FFMPEG_ADDITIONAL_OPTS,
    GAP_FILL_SECONDS,
    MAX_RESTART_ATTEMPTS,
    RESTART_COOLDOWN,
    RESTART_DELAY,
)
from audio_rtsp.config.values import Values
from audio_rtsp.encoder.codec import Encoding, fit, wish
from audio_rtsp.encoder.filters import late_start
from audio_rtsp.encoder.options import ExtraOptions, parse_options
from audio_rtsp.supervision.policy import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPlan:
    """Everything about a stream but where its sound comes from."""

    name: str
    identity: str
    description: str
    encoding: Encoding
    extra: ExtraOptions
    pick: str
    needed_channels: int
    rules: Rules
    gap_seconds: float
    silence_seconds: float
    capture_volume: int | None

    @property
    def is_usb(self) -> bool:
        """Whether its device has a plug that can be pulled and put back."""
        return self.identity.startswith("usb_")


def plan_stream(
    *, name: str, identity: str, description: str, values: Values, device_channels: Sequence[int]
) -> tuple[StreamPlan, tuple[str, ...]]:
    """The plan, and what in the settings had to give way."""
    extra, complaints = _extra(values[FFMPEG_ADDITIONAL_OPTS])
    asked = wish(values)
    asked = replace(asked, rate=extra.rate or asked.rate, channels=extra.channels or asked.channels)
    pick, pick_complaints = _pick(values[AUDIO_CHANNEL_PICK], device_channels)
    encoding, objections = fit(asked, device_channels)
    plan = StreamPlan(
        name=name,
        identity=identity,
        description=description,
        encoding=encoding,
        extra=extra,
        pick=pick,
        needed_channels=max(encoding.channels, _picked(pick)),
        rules=_rules(values),
        gap_seconds=values[GAP_FILL_SECONDS],
        silence_seconds=values[AUDIO_SILENCE_SECONDS],
        capture_volume=values[AUDIO_CAPTURE_VOLUME],
    )
    return plan, (*complaints, *pick_complaints, *(f"{name}: {objection}" for objection in objections))


def _extra(text: str) -> tuple[ExtraOptions, tuple[str, ...]]:
    try:
        extra = parse_options(text)
    except ValueError as error:
        return ExtraOptions(), (f"FFMPEG_ADDITIONAL_OPTS: {error}; left out",)
    late = late_start(extra.filters)
    return extra, (f"FFMPEG_ADDITIONAL_OPTS: {late}",) if late else ()


def _pick(pick: str, device_channels: Sequence[int]) -> tuple[str, tuple[str, ...]]:
    wanted = _picked(pick)
    most = max(device_channels, default=8)
    if wanted <= most:
        return ("mix" if most == 1 else pick), ()
    return "mix", (f"AUDIO_CHANNEL_PICK: the device has {most} channel{'s' * (most > 1)}, not {wanted}; mixed instead",)


def _picked(pick: str) -> int:
    """How many channels the capture needs so that the picked one is among them."""
    return {"mix": 1, "left": 1, "right": 2}.get(pick) or int(pick)


def _rules(values: Values) -> Rules:
    return Rules(
        restart_delay=values[RESTART_DELAY],
        max_restart_attempts=values[MAX_RESTART_ATTEMPTS],
        restart_cooldown=values[RESTART_COOLDOWN],
    )
