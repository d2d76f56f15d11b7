"""What one stream lost and filled over all its sounds, and what of that was told. Pure; seconds of any one clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from audio_rtsp.events.event import Event
from audio_rtsp.supervision.ledger import Ledger

WORTH_A_WORD = 0.1
IS_SURE = 5.0
"""Seconds in which the ledger's word of a loss follows the overrun that explains it."""
OVERRUN = "an overrun: it was not read in time"
ON_ITS_WAY = "sound was lost on its way from the device"
NO_ROOM = "no encoder for longer than the pipe holds"


class Losses:
    """Sound that no listener heard since the first of it came, and the silence in its place."""

    def __init__(self) -> None:
        self._ledger: Ledger | None = None
        self._ended: Ledger | None = None
        self._past_lost = self._past_filled = 0.0
        self._offline_since: float | None = None
        self._overrun_at = -IS_SURE
        self._lost_told = self._filled_told = 0.0
        self._restarts_told: int | None = None
        self._is_drop_told = False

    def lost(self, now: float) -> float:
        """Filled, dropped, missed, and all time offline."""
        offline = now - self._offline_since if self._offline_since is not None else 0.0
        return self._past_lost + offline + sum(ledger.lost_seconds for ledger in self._ledgers)

    @property
    def filled(self) -> float:
        """Silence that we wrote in the place of sound."""
        return self._past_filled + sum(ledger.filled_seconds for ledger in self._ledgers)

    @property
    def _ledgers(self) -> tuple[Ledger, ...]:
        """Those that may still grow: an encoder that ends after its sound may tell what it swallowed unheard."""
        return tuple(ledger for ledger in (self._ended, self._ledger) if ledger)

    def begin(self, ledger: Ledger) -> None:
        """Another sound."""
        self._ledger = ledger

    def end(self, now: float) -> None:
        """Its end; the time until sound comes again is lost, once any came."""
        ledger, self._ledger = self._ledger, None
        if ledger is None:
            return
        if self._ended:
            self._past_lost += self._ended.lost_seconds
            self._past_filled += self._ended.filled_seconds
        self._ended = ledger
        if ledger.has_begun:
            self._offline_since = now

    def sound_came(self, now: float) -> None:
        """The time offline is over."""
        if self._offline_since is not None:
            self._past_lost += now - self._offline_since
            self._offline_since = None

    def overran(self, now: float) -> None:
        """The device lost sound because nobody read it in time."""
        self._overrun_at = now

    def explain(self, found: float, dropped: float, now: float) -> Iterator[tuple[str, float]]:
        """What is worth a word of sound *found* lost and of sound *dropped*: why, and how much.

        Of a pipe that stays full only that, the rest when it is live again.
        """
        if found >= WORTH_A_WORD:
            self._lost_told += found
            yield OVERRUN if now - self._overrun_at < IS_SURE else ON_ITS_WAY, found
        if dropped >= WORTH_A_WORD and not self._is_drop_told:
            self._is_drop_told = True
            self._lost_told += dropped
            yield NO_ROOM, dropped

    def told_with(self, event: Event, restarts: int, now: float) -> Event:
        """*event*, LIVE or the end, with what was lost and not told since LIVE was before; *restarts* = all so far."""
        lost, self._lost_told = max(0.0, self.lost(now) - self._lost_told), self.lost(now)
        filled, self._filled_told = self.filled - self._filled_told, self.filled
        before, self._restarts_told = self._restarts_told, restarts
        self._is_drop_told = False
        return replace(event, lost=lost, filled=filled, restarts=0 if before is None else restarts - before)
