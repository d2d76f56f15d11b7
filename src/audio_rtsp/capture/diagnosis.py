"""Why a capture ended: arecord's words, told apart by what helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class CaptureFault(StrEnum):
    """What ended it, named by what helps. Ended by us: STALLED, WRONG_CARD, and REPLACED, which is no fault."""

    BUSY = "busy"
    GONE = "gone"
    STALLED = "stalled"
    WRONG_CARD = "wrong card"
    REPLACED = "replaced"
    SHORTAGE = "shortage"
    NOT_ALLOWED = "not allowed"
    CANNOT_WORK = "cannot work"
    NOT_STARTED = "not started"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureDiagnosis:
    """The fault, and the line that shows it."""

    fault: CaptureFault
    line: str


SIGNS: tuple[tuple[CaptureFault, tuple[str, ...]], ...] = (
    (CaptureFault.SHORTAGE, ("error while loading shared libraries", "Cannot allocate memory")),  # an upgrade, often
    (CaptureFault.BUSY, ("Device or resource busy", "Resource busy")),  # the second: musl's word
    (CaptureFault.NOT_ALLOWED, ("Permission denied", "Operation not permitted")),
    (CaptureFault.GONE, ("Cannot get card index", "cannot find card")),  # alsa-lib may go on: Unknown PCM
    (
        CaptureFault.CANNOT_WORK,
        (
            "Channels count non available",
            "Sample format non available",
            "Access type not available",
            "Broken configuration",
            "Unknown PCM",
        ),
    ),
    (
        CaptureFault.GONE,
        ("No such device", "No such file or directory", "File descriptor in bad state", "state = DISCONNECTED"),
    ),
    (
        CaptureFault.NOT_STARTED,  # each setting was taken, the driver failed after it; USB: bandwidth (ENOSPC, EPIPE)
        ("Unable to install hw params", "state = PREPARED", "open error: Invalid argument", "No space left on device"),
    ),
    (CaptureFault.STALLED, ("Input/output error", "I/O error", "Connection timed out")),
)


def diagnose(lines: Sequence[str]) -> CaptureDiagnosis:
    """Read what arecord said on standard error."""
    for fault, signs in SIGNS:
        for line in lines:
            if any(sign in line for sign in signs):
                return CaptureDiagnosis(fault=fault, line=line)
    return CaptureDiagnosis(fault=CaptureFault.UNEXPLAINED, line=lines[-1] if lines else "")


def overruns(lines: Sequence[str]) -> int:
    """How often arecord says that sound was lost before it could read it (``overrun!!! (at least 12.3 ms long)``)."""
    return sum("overrun!!!" in line for line in lines)
