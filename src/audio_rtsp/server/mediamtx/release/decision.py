"""Whether an installation goes on, and what is asked first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from audio_rtsp.server.mediamtx.release.version import Change, change


@dataclass(frozen=True, slots=True)
class Nothing:
    """It is well as it is."""

    says: str


@dataclass(frozen=True, slots=True)
class Go:
    """There is nothing to ask."""

    says: str


@dataclass(frozen=True, slots=True)
class Ask:
    """The owner decides; *default* is the answer of ``-y`` and of the Enter key."""

    question: str
    default: bool


Decision = Nothing | Go | Ask


def decide(installed: str | None, wanted: str, *, is_named: bool, is_forced: bool, is_whole: bool = True) -> Decision:
    """From *installed* to *wanted*, both as ``--version`` prints them ("" = a file that does not say).

    *is_named*: the owner named the version or brought the file; *is_whole*: the installed program is unchanged.
    """
    shown = f"MediaMTX {wanted}" if wanted else "the MediaMTX of this file"
    match change(installed, wanted):
        case Change.FIRST:
            return Go(f"{shown} will be installed")
        case Change.SAME if is_forced:
            return Go(f"{shown} is installed already and will be installed again")
        case Change.SAME if not is_whole:
            return Go(f"{shown} is installed, but its program has changed since: it will be installed again")
        case Change.SAME:
            return Nothing(f"{shown} is installed already; to install it again: --force-install")
        case Change.UPGRADE:
            return Ask(f"Upgrade MediaMTX from {installed} to {wanted}?", True)
        case Change.DOWNGRADE if is_named:
            return Ask(f"Downgrade MediaMTX from {installed} to {wanted}?", True)
        case Change.DOWNGRADE:
            return Nothing(f"MediaMTX {installed} is installed, newer than {wanted}; to go back: -v {wanted}")
        case Change.UNKNOWN:
            return _ask_about_unknown(installed, wanted, default=is_named or is_forced)
        case never:
            assert_never(never)


def _ask_about_unknown(installed: str | None, wanted: str, *, default: bool) -> Ask:
    new = wanted or "the unknown version of this file"
    return Ask(f"Replace MediaMTX {installed} by {new}? (Which is newer cannot be said.)", default)
