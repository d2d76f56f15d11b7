"""What the release server said the last time: asked again after an hour, and an old answer is better than none."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.version import Version

from audio_rtsp.server.mediamtx.release.version import parse_release, tag

FRESH = 3600.0
"""Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseMemory:
    """*at* is in seconds since 1970; *verified* maps a file's URL to the checksum that it was found to have."""

    base: str
    at: float
    versions: tuple[Version, ...]
    verified: Mapping[str, str] = field(default_factory=dict)

    def is_fresh(self, now: float) -> bool:
        """Whether it is younger than an hour; one from the future is not (a clock was set)."""
        return 0 <= now - self.at < FRESH


def render_memory(memory: ReleaseMemory) -> bytes:
    """The file."""
    whole = {
        "base": memory.base,
        "at": memory.at,
        "versions": [tag(version) for version in memory.versions],
        "verified": dict(memory.verified),
    }
    return json.dumps(whole, indent=1).encode() + b"\n"


def parse_memory(data: bytes, base: str) -> ReleaseMemory | None:
    """None when it is damaged, or of another server than *base*."""
    try:
        whole = json.loads(data)
        versions = tuple(version for text in whole["versions"] if (version := parse_release(text)))
        verified = {str(url): str(digest) for url, digest in whole["verified"].items()}
        memory = ReleaseMemory(base=str(whole["base"]), at=float(whole["at"]), versions=versions, verified=verified)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    return memory if memory.base == base and versions and math.isfinite(memory.at) else None
