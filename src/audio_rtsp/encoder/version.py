"""Which ffmpeg this is, as far as its command line differs."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class FfmpegVersion:
    """Release of ffmpeg; a build from its git counts as newer than every release."""

    major: int
    minor: int

    @property
    def has_stats_period(self) -> bool:
        """``-stats_period`` (4.4): how often progress is reported; older ones do it twice a second by themselves."""
        return self >= FfmpegVersion(4, 4)

    def __str__(self) -> str:
        return "git" if self == GIT_BUILD else f"{self.major}.{self.minor}"


GIT_BUILD = FfmpegVersion(999, 0)
OLDEST = FfmpegVersion(4, 3)
"""``ametadata=direct`` (4.3): without it the level comes minutes late."""


def parse_version(text: str) -> FfmpegVersion:
    """Read the first line of ``ffmpeg -version``: ``5.1.9-0+deb12u1``, ``n7.1``, ``N-109542-g…``."""
    match = re.match(r"ffmpeg version n?(\d+)\.(\d+)", text)
    return FfmpegVersion(int(match[1]), int(match[2])) if match else GIT_BUILD
