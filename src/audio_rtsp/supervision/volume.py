"""The capture volume of one stream's card, set before each start of its capture."""

from __future__ import annotations

import asyncio

from audio_rtsp.capture.mixer import mixer_commands, mixer_complaint, scontents_argv
from audio_rtsp.errors import AudioRtspError
from audio_rtsp.host.command import Finished, run_async

ANSWER_LIMIT = 3.0
"""Seconds that each amixer may take."""
MOMENT = 0.5
"""Seconds that a start waits for a mixer; a slow one is set while sound flows already."""
LONGEST = 200
"""Characters of amixer's last line that are shown."""


class CaptureVolume:
    """``complaint`` says what is wrong with the mixer of the card; a card without one costs no sound."""

    def __init__(self) -> None:
        self._setting: asyncio.Task[str] | None = None
        self._complaint = ""

    @property
    def complaint(self) -> str:
        """Empty while all is well, or nothing is to be set."""
        if self._setting and self._setting.done() and not self._setting.cancelled():
            self._complaint = self._setting.result()
        return self._complaint

    def set(self, card_id: str, percent: int | None) -> None:
        """Begin to set it; None leaves the mixer alone. A mixer that still hangs is not asked again."""
        if percent is None or not card_id:
            self._complaint, self._setting = "", None
        elif self._setting is None or self._setting.done():
            self._setting = asyncio.create_task(apply_volume(card_id, percent), name=f"volume of {card_id}")

    async def settle(self) -> None:
        """Return when it is set, or after a moment."""
        if self._setting:
            await asyncio.wait([self._setting], timeout=MOMENT)

    async def close(self) -> None:
        """Set nothing more."""
        if self._setting:
            self._setting.cancel()
            await self.settle()


async def apply_volume(card_id: str, percent: int) -> str:
    """Set the capture volume and unmute; returns what the owner must know, empty when all is well. Never raises."""
    try:
        mixer = await run_async(scontents_argv(card_id), timeout=ANSWER_LIMIT)
        if mixer.code != 0:
            return _words(mixer)
        for argv in mixer_commands(mixer.stdout, card_id, percent):
            done = await run_async(argv, timeout=ANSWER_LIMIT)
            if done.code != 0:
                return _words(done)
    except AudioRtspError as error:
        return f"AUDIO_CAPTURE_VOLUME: {error.what}; {error.fix}"
    except OSError as error:
        return f"AUDIO_CAPTURE_VOLUME: {error}"
    return mixer_complaint(mixer.stdout)


def _words(done: Finished) -> str:
    if done.code is None:
        return "AUDIO_CAPTURE_VOLUME: the card's mixer does not answer; the volume was left as it is"
    said = done.stderr.strip().splitlines() or [f"amixer failed ({done.code})"]
    return f"AUDIO_CAPTURE_VOLUME: {said[-1].strip()[:LONGEST]}"
