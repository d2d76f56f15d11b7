"""MediaMTX's versions: which are releases, which way a change goes, which are known to be bad.

``mediamtx --version`` prints ``v1.20.1``; a build from a working tree ``v1.20.1-3-gabc``, one without git ``v0.0.0``.
Those two kinds say nothing of what is in them. Sources: MediaMTX's history and issues, v1.12.2 to v1.20.1.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from packaging.version import Version

OLDEST = Version("1.12.2")
NEWEST_TRIED = Version("1.20.1")
"""The newest that this program was tried with; what ``install`` takes when no version is named."""
RELEASE = re.compile(r"v?(\d{1,4}\.\d{1,4}\.\d{1,4})", re.ASCII)


class Change(StrEnum):
    """What putting one version in the place of another is."""

    FIRST = "first"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    SAME = "same"
    UNKNOWN = "unknown"
    """One of the two is an unknown build: which is newer cannot be said."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the versions from *first* to *last*; refused = too bad to be installed."""

    first: str
    last: str
    says: str
    refused: bool = False


FAULTS = (
    Fault("0.0.1", "1.12.1", "is older than v1.12.2, the oldest that this program works with", refused=True),
    Fault("1.15.0", "1.15.0", "can crash when its API is asked for the sessions (issue 5030)", refused=True),
    Fault("1.12.2", "1.14.0", "keeps memory and CPU of every listener that has left (issue 4678)"),
    Fault("1.15.2", "1.15.2", "may drop publishers with a broken pipe (issue 5100)"),
    Fault("1.12.2", "1.15.4", "can crash when a stream starts again while somebody begins to listen (issue 5253)"),
    Fault("1.12.2", "1.17.0", "lets a path name reach out of its folder (issue 5602)"),
    Fault("1.20.0", "1.20.0", "does not start where its working directory is read-only (issue 6098)"),
)


def parse_release(text: str) -> Version | None:
    """``v1.20.1`` or ``1.20.1``; None = an unknown build (v0.0.0 too), or no version at all."""
    found = RELEASE.fullmatch(text.strip())
    version = Version(found[1]) if found else None
    return version if version and version.release != (0, 0, 0) else None


def tag(version: Version) -> str:
    """As releases, folders and the program itself write it."""
    return f"v{version}"


def change(installed: str | None, wanted: str) -> Change:
    """Which way it goes from *installed* (None = nothing) to *wanted*, both as ``--version`` prints them."""
    if installed is None:
        return Change.FIRST
    before, after = parse_release(installed), parse_release(wanted)
    if before is None or after is None:
        return Change.UNKNOWN
    if before == after:
        return Change.SAME
    return Change.UPGRADE if before < after else Change.DOWNGRADE


def faults(version: Version) -> tuple[Fault, ...]:
    """What is known to be wrong with it, the refusals first."""
    return tuple(fault for fault in FAULTS if Version(fault.first) <= version <= Version(fault.last))


def is_refused(version: Version) -> bool:
    """Whether it is not installed at all."""
    return any(fault.refused for fault in faults(version))


def newest_good(versions: Iterable[Version]) -> Version | None:
    """The newest that is not known to be bad, else the newest that is not refused."""
    usable = [version for version in versions if not is_refused(version)]
    return max([version for version in usable if not faults(version)] or usable, default=None)


def nearest(version: Version, known: Iterable[Version]) -> tuple[Version, ...]:
    """Three of *known* around it, the oldest first."""
    order = sorted(known)
    first = min(bisect_left(order, version) - 1, len(order) - 3)
    return tuple(order[max(first, 0) :][:3])
