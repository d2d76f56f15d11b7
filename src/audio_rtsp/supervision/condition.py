"""Where the two sides of a stream are. Pure."""

from __future__ import annotations

from enum import StrEnum


class CaptureCondition(StrEnum):
    """Where the capture side is."""

    STARTING = "starting"
    FLOWING = "flowing"
    BUSY = "busy"
    ABSENT = "absent"
    BACKOFF = "backoff"
    COOLDOWN = "cooldown"
    REFUSED = "refused"


class EncoderCondition(StrEnum):
    """Where the encoder side is."""

    IDLE = "idle"
    HOLDING = "holding"
    STARTING = "starting"
    ONLINE = "online"
    BACKOFF = "backoff"
    COOLDOWN = "cooldown"
    REFUSED = "refused"
