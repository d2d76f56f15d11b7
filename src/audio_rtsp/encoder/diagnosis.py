"""Why an encoder ended: ffmpeg's words, told apart by what helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class EncoderFault(StrEnum):
    """What ended it, named by what helps."""

    SERVER_AWAY = "server away"
    SERVER_CLOSED = "server closed the connection"
    SERVER_REFUSED = "server refused the stream"
    SHORTAGE = "shortage"
    CANNOT_WORK = "cannot work"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderDiagnosis:
    """The fault, and the line that shows it."""

    fault: EncoderFault
    line: str


SIGNS: tuple[tuple[EncoderFault, tuple[str, ...]], ...] = (
    (
        EncoderFault.SHORTAGE,  # the second of ffmpeg 7: a want of processes; the third, often: it is being upgraded
        ("Cannot allocate memory", "pthread_create() failed", "error while loading shared libraries"),
    ),
    (
        EncoderFault.SERVER_AWAY,
        ("Connection refused", "Connection timed out", "No route to host", "Network is unreachable"),
    ),
    (
        EncoderFault.SERVER_REFUSED,
        (
            "401 Unauthorized",
            "403 Forbidden",
            "400 Bad Request",
            "404 Not Found",
            "453 Not Enough",
            "method ANNOUNCE failed",
            "Server returned",
        ),
    ),
    (
        EncoderFault.CANNOT_WORK,
        (
            "Unknown encoder",
            "No such filter",
            "Error when evaluating",
            "Error initializing filter",
            "Error initializing complex filters",
            "Error reinitializing filters",
            "Unrecognized option",
            "Option not found",
            "Error parsing options",
            "Error setting option",
            "bps is unsupported",
            "Quality-based encoding not supported",
            "Specified sample rate",
            "is not supported by the encoder",
            "Failed to set value",
            "Undefined constant or missing",
            "Error applying encoder options",
            "Error while opening encoder",
        ),
    ),
    (
        EncoderFault.SERVER_CLOSED,
        (
            "Broken pipe",
            "Connection reset by peer",
            "Error writing trailer of rtsp",
            "End of file",
            "Invalid data found",  # raw sound is never invalid: ffmpeg 5.1's word for a server that hangs up
        ),
    ),
)
"""The first group with a line wins: a refused connection also says that the header could not be written, and a want of
memory that an option could not be set.

In a group the first sign wins: the most telling stands first.
"""

NOISE = (
    "Guessed Channel Layout",
    "Conversion failed!",
    "Last message repeated",
    "Exiting normally",
    "Multiple frames in a packet",  # this and the next two: a capture that dies within a frame, which we complete
    "Invalid PCM packet",
    "Error while decoding stream",
)


def diagnose(lines: Sequence[str]) -> EncoderDiagnosis:
    """Read what ffmpeg said on standard error."""
    for fault, signs in SIGNS:
        for sign in signs:
            for line in lines:
                if sign in line:
                    return EncoderDiagnosis(fault=fault, line=line)
    return EncoderDiagnosis(fault=EncoderFault.UNEXPLAINED, line=next(reversed(telling(lines)), ""))


def telling(lines: Sequence[str]) -> tuple[str, ...]:
    """Those that say something about it."""
    return tuple(line for line in lines if not any(word in line for word in NOISE))
