"""Sound on its way from captures to encoders: the pipe that carries it and the ledger that counts it."""

from __future__ import annotations

from audio_rtsp.alsa.pcm_format import PERIOD, PcmFormat
from audio_rtsp.supervision.ledger import Ledger
from audio_rtsp.supervision.pipe import SoundPipe

BEHIND = 0.03
"""Seconds that silence stays behind the clock, so that it ends before a new capture's first sound."""
FULL = 0.1
"""Seconds of free room below which a pipe is full; the capture has a buffer of its own beside it."""
ROOM = 0.5
"""Seconds of room that a full pipe is given by dropping the oldest sound."""
WORTH_A_SPLICE = 0.1
"""Seconds of silence that are worth being put behind a new capture's first sound; less is only counted."""


class Sound:
    """One unbroken sequence of frames; a change of rate or format begins another."""

    def __init__(self, pcm: PcmFormat) -> None:
        self.pcm = pcm
        self.pipe = SoundPipe(pcm)
        self.ledger = Ledger(pcm)
        self._heard_bytes = self._heard_filled_bytes = 0

    @property
    def waiting_seconds(self) -> float:
        """Sound that waits for an encoder."""
        return self.pcm.seconds(self.pipe.backlog)

    @property
    def consumed_bytes(self) -> int:
        """What encoders have taken, or we have dropped, so far; grows while an encoder lives."""
        return self.ledger.entered_bytes - self.pipe.backlog

    @property
    def taken_bytes(self) -> int:
        """What encoders have taken so far, at least: sound that enters between the two looks makes it smaller."""
        return self.consumed_bytes - self.ledger.dropped_bytes

    def note_heard(self) -> None:
        """The server has what encoders have taken so far."""
        self._heard_bytes, self._heard_filled_bytes = self.taken_bytes, self.ledger.filled_bytes

    def forfeit_unheard(self) -> None:
        """What was taken since went into a dead connection; silence among it is in the account already."""
        silence = self.ledger.filled_bytes - self._heard_filled_bytes
        self.ledger.forfeited(max(0, self.taken_bytes - self._heard_bytes - silence))
        self.note_heard()

    def fill(self, now: float, behind: float = BEHIND) -> None:
        """Write silence up to *behind* seconds before *now*."""
        size = self.pcm.whole_frames(self.ledger.missing(now) - behind)
        self.ledger.filled(self.pipe.write_silence(size))

    def splice(self, now: float) -> None:
        """A new capture gave its first sound: what is missing still goes behind it as silence, where it is worth it."""
        if self.ledger.missing(now) > WORTH_A_SPLICE:
            self.fill(now, PERIOD)
        self.ledger.forget_recent()

    def make_room(self) -> float:
        """Drop the oldest sound of a nearly full pipe; returns the seconds dropped."""
        room = self.pipe.capacity - self.pipe.backlog
        if not self.pipe.is_full and room >= min(self.pcm.whole_frames(FULL), self.pipe.capacity // 8):
            return 0.0
        room = min(self.pcm.whole_frames(ROOM), self.pipe.capacity // 2)
        dropped = self.pipe.drop(room - room % self.pcm.frame_bytes)
        self.ledger.dropped(dropped)
        return self.pcm.seconds(dropped)
