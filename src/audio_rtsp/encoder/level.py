"""What the level of a microphone says: nothing at all, too much, or neither. A quiet room is neither. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

STEP = 1 / 32768
"""The least that 16 bits can tell, as a share of full scale."""
MUTE_SPAN = 2 * STEP
"""Between lowest and highest sample: the noise of a converter with nothing before it."""
HEARD_SPAN = 2 * MUTE_SPAN
"""What ends a silence: twice of what began it, so that a signal at the edge does not flap."""
FULL = 0.9995
"""Share of full scale that counts as clipped."""
CLIP_WINDOWS = 20
"""Half-second windows that are looked back on."""
CLIPPED_ENOUGH = 3
"""Of those, how many begin the warning; it ends when none is left."""


class Silence(StrEnum):
    """Why a stream without sound is called silent."""

    DIGITAL = "digital silence: the microphone is muted, or its input is another one"
    STUCK = "one value over and over: the microphone is broken, or its plug is half out"
    NO_SIGNAL = "no signal: less than any room has"


@dataclass(frozen=True, slots=True)
class Window:
    """Lowest and highest of all samples in half a second, as a share of full scale (-1 to 1)."""

    lowest: float
    highest: float

    @property
    def span(self) -> float:
        """Between the two."""
        return self.highest - self.lowest

    @property
    def is_clipped(self) -> bool:
        """Whether a sample reached full scale."""
        return max(self.highest, -self.lowest) >= FULL


class LevelWatch:
    """Judges windows as they come; *now* in seconds of any one clock."""

    def __init__(self) -> None:
        self._mute_since: float | None = None
        self._mute = Silence.NO_SIGNAL
        self._clipped: deque[bool] = deque(maxlen=CLIP_WINDOWS)
        self.is_clipping = False

    def note(self, window: Window, now: float) -> None:
        """One more window."""
        self._note_clipping(window)
        if window.span >= HEARD_SPAN:
            self._mute_since = None
        elif window.span <= MUTE_SPAN:
            self._mute = _kind(window)
            if self._mute_since is None:
                self._mute_since = now

    def silence(self, now: float, patience: float) -> Silence | None:
        """The kind of silence, when it has lasted *patience* seconds."""
        if self._mute_since is None or now - self._mute_since < patience:
            return None
        return self._mute

    def _note_clipping(self, window: Window) -> None:
        self._clipped.append(window.is_clipped)
        count = sum(self._clipped)
        self.is_clipping = count > 0 if self.is_clipping else count >= CLIPPED_ENOUGH


def _kind(window: Window) -> Silence:
    if window.span > 0:
        return Silence.NO_SIGNAL
    return Silence.DIGITAL if window.highest == 0 else Silence.STUCK
