"""Where every second of a stream went: frames against the monotonic clock. Pure; times in seconds of any one clock."""

from __future__ import annotations

from collections import deque

from audio_rtsp.alsa.pcm_format import PcmFormat

STEP = 0.03
"""Seconds that count as a loss; less is jitter of the scheduler or the device's own clock."""
WINDOW = 4
"""Observations: what is still missing after so many is lost; late sound comes back within them."""
DRIFT_SHARE = 0.05
"""How much of a small difference each observation takes for drift (device clocks are off by tens of ppm)."""


class Ledger:
    """Frames that entered the pipe, silence among them, and what the clock says they should be."""

    def __init__(self, pcm: PcmFormat) -> None:
        self._pcm = pcm
        self._began: float | None = None
        self.entered_bytes = 0
        self._recent: deque[float] = deque(maxlen=WINDOW)
        self._lost = 0.0
        self.filled_bytes = 0
        self.dropped_bytes = 0
        self.forfeited_bytes = 0

    @property
    def has_begun(self) -> bool:
        """Whether any sound ever came."""
        return self._began is not None

    @property
    def lost_seconds(self) -> float:
        """Sound that no listener will hear: filled, dropped, lost on its way to us, or in a server that hung."""
        return self._lost + self._pcm.seconds(self.filled_bytes + self.dropped_bytes + self.forfeited_bytes)

    @property
    def filled_seconds(self) -> float:
        """Silence in the place of lost sound."""
        return self._pcm.seconds(self.filled_bytes)

    def captured(self, size_bytes: int, now: float) -> None:
        """Note that much more sound; the first of it sets the clock."""
        self.entered_bytes += size_bytes
        if self._began is None and size_bytes > 0:
            self._began = now - self._pcm.seconds(size_bytes)

    def filled(self, size_bytes: int) -> None:
        """Note silence that we wrote."""
        self.entered_bytes += size_bytes
        self.filled_bytes += size_bytes

    def dropped(self, size_bytes: int) -> None:
        """Note sound that was thrown out of a full pipe; it had entered."""
        self.dropped_bytes += size_bytes

    def forfeited(self, size_bytes: int) -> None:
        """Note sound that an encoder took and no server passed on."""
        self.forfeited_bytes += size_bytes

    def missing(self, now: float) -> float:
        """Seconds that the frames are behind the clock; negative when ahead."""
        return 0.0 if self._began is None else now - self._began - self._pcm.seconds(self.entered_bytes)

    def observe(self, now: float) -> float:
        """Look while sound flows; returns the seconds found lost since the last look (0.0 nearly always).

        The least of the last observations tells: a late period comes back, a lost one does not.
        """
        if self._began is None:
            return 0.0
        self._recent.append(self.missing(now))
        if len(self._recent) < WINDOW:
            return 0.0
        behind = min(self._recent)
        if abs(behind) < STEP:
            self._began += behind * DRIFT_SHARE
            return 0.0
        self._began += behind
        self._recent.clear()
        self._lost += max(0.0, behind)
        return max(0.0, behind)

    def forget_recent(self) -> None:
        """A change of capture: what was seen before it says nothing about the next one."""
        self._recent.clear()
