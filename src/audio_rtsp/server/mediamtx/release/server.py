"""What a release server has: GitHub, or a mirror with the same layout."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.version import Version

from audio_rtsp.server.mediamtx.errors import NoSuchRelease, VersionRefused
from audio_rtsp.server.mediamtx.release.asset import ONE_LIST, Asset, assets, feed_url, file_url, parse_feed
from audio_rtsp.server.mediamtx.release.version import nearest, newest_good, tag
from audio_rtsp.server.mediamtx.release.web import Web

NAME_ONE = "name one that the server has: -v VERSION; or carry one here: --offline FILE"


@dataclass(frozen=True, slots=True)
class ReleaseServer:
    """*base* is what its address begins with, a setting. Every method raises ReleaseServerAway and ClockNotSet."""

    base: str
    web: Web

    def versions(self) -> tuple[Version, ...]:
        """The newest releases, the newest first; raises NoSuchRelease where the server keeps no list."""
        found = parse_feed(self.web.text(feed_url(self.base)) or "")
        if not found:
            raise NoSuchRelease(f"{feed_url(self.base)} lists no release of MediaMTX", fix=NAME_ONE)
        return found

    def newest(self) -> Version:
        """The newest that is not known to be bad; raises NoSuchRelease, VersionRefused."""
        versions = self.versions()
        found = newest_good(versions)
        if found is None:
            raise VersionRefused(tag(versions[0]), "and all others on the release server are known to be bad")
        return found

    def asset(self, version: Version, userland: str) -> Asset:
        """The file for this machine's *userland*; raises NoSuchRelease."""
        candidates = assets(self.base, version, userland)
        for candidate in candidates:
            if self.web.has(candidate.url):
                return candidate
        if not candidates or self._has(version):
            raise NoSuchRelease(
                f"MediaMTX {tag(version)} has no file for {userland}, which is what this machine runs",
                fix="use the built-in server: audio-rtsp config set SERVER embedded",
                detail=[f"looked for: {one.url}" for one in candidates],
            )
        raise NoSuchRelease(f"there is no MediaMTX {tag(version)}", fix=NAME_ONE, detail=self._neighbours(version))

    def _has(self, version: Version) -> bool:
        return self.web.text(file_url(self.base, version, ONE_LIST)) is not None

    def _neighbours(self, version: Version) -> list[str]:
        try:
            near = nearest(version, self.versions())
        except NoSuchRelease:
            return []
        return [f"next to it: {', '.join(map(tag, near))}"]
