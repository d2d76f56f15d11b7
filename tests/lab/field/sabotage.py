"""How a scenario is shown to be able to fail."""

from __future__ import annotations

from enum import StrEnum


class Sabotage(StrEnum):
    """What is broken on purpose."""

    NONE = "none"
    MUTE = "mute microphones"
    ABSENT = "no microphone is ever plugged in"
    FREEZE = "the supervisor is stopped once all is well"
    DISABLED = "the program is never started"
