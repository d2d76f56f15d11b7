"""Why a child or its pipe could not even be made."""

from __future__ import annotations

from dataclasses import dataclass

from audio_rtsp.errors import AudioRtspError
from audio_rtsp.host.shortage import shortage
from audio_rtsp.supervision.policy import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFailure:
    """*line* says it with its fix."""

    cause: Cause
    line: str


def explain_start(error: AudioRtspError | OSError) -> StartFailure:
    """A want of files, processes or memory passes by itself, and a program that lacks may be under way: it is being
    upgraded, or the owner follows our advice. All else cannot work until somebody acts.
    """
    if isinstance(error, AudioRtspError):
        return StartFailure(cause=Cause.SHORTAGE, line=f"{error.what}; {error.fix}")
    short = shortage(error)
    cause = Cause.SHORTAGE if short else Cause.CANNOT_WORK
    return StartFailure(cause=cause, line=short or str(error))
