"""What a release server has: GitHub, or a mirror with the same layout."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.version import Version

from audio_rtsp.server.mediamtx.errors import NoSuchRelease, VersionRefused
from audio_rtsp.server.mediamtx.release.asset import ONE_LIST, Asset, assets, feed_url, file_url, parse_feed
from audio_rtsp.server.mediamtx.release.checksum import find_checksum
from audio_rtsp.server.mediamtx.release.version import nearest, newest_good, tag
from audio_rtsp.server.mediamtx.release.web import Web

NOT_YET = "try again in an hour, or take the one that was tried: leave -v out"
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
        listed = self.web.text(file_url(self.base, version, ONE_LIST))
        if not candidates or (listed is not None and not any(find_checksum(listed, one.name) for one in candidates)):
            raise NoSuchRelease(
                f"MediaMTX {tag(version)} has no file for {userland}, which is what this machine runs",
                fix="use the built-in server: audio-rtsp config set SERVER embedded",
                detail=[f"looked for: {one.url}" for one in candidates],
            )
        known = self._known()
        if listed is not None or version in known:  # GitHub lists a release before its files are built
            raise NoSuchRelease(f"MediaMTX {tag(version)} is announced, but its file is not there yet", fix=NOT_YET)
        near = ", ".join(map(tag, nearest(version, known)))
        raise NoSuchRelease(
            f"there is no MediaMTX {tag(version)}", fix=NAME_ONE, detail=[f"next to it: {near}"] if near else ()
        )

    def _known(self) -> tuple[Version, ...]:
        try:
            return self.versions()
        except NoSuchRelease:
            return ()
