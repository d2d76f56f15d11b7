"""What can go wrong with MediaMTX: with its releases, their installation, its configuration."""

from __future__ import annotations

from collections.abc import Iterable

from audio_rtsp.errors import AudioRtspError

OFFLINE = "carry the release here, with its checksums.sha256 beside it: audio-rtsp mediamtx install --offline FILE"
ANEW = "type the same again, it is then downloaded anew; or bring another copy of the file"


class MediaMtxMissing(AudioRtspError):
    """MediaMTX was asked for and is not there."""

    exit_code = 19

    def __init__(self, named: str) -> None:
        where = f"at {named}" if named else "on PATH or in /usr/local/mediamtx"
        fix = "install it: sudo audio-rtsp mediamtx install; or use the built-in server: --server embedded"
        super().__init__(f"no MediaMTX is installed {where}", fix=fix)


class ReleaseServerAway(AudioRtspError):
    """The server of MediaMTX's releases cannot be reached, or does not answer as it should."""

    exit_code = 21

    def __init__(self, server: str, why: str) -> None:
        super().__init__(f"{server} cannot be used: {why}", fix=f"try again later, or {OFFLINE}")


class NoSuchRelease(AudioRtspError):
    """A release of MediaMTX that does not exist, or not for this machine."""

    exit_code = 22


class ReleaseRefused(AudioRtspError):
    """A downloaded or carried release that is not what it should be: nothing of it was installed."""

    exit_code = 23

    def __init__(self, file: str, why: str, *, fix: str = ANEW) -> None:
        super().__init__(f"{file} {why}; nothing was changed", fix=fix)


class VersionRefused(AudioRtspError):
    """A version of MediaMTX that is known not to work."""

    exit_code = 24

    def __init__(self, version: str, why: str) -> None:
        super().__init__(f"MediaMTX {version} {why}", fix="take the one that was tried: leave -v out")


class ClockNotSet(AudioRtspError):
    """This machine does not know what time it is, so that no certificate can be judged."""

    exit_code = 25

    def __init__(self, date: str) -> None:
        super().__init__(
            f"this machine's clock says {date}: nothing can be downloaded securely",
            fix=f"set it: sudo timedatectl set-ntp true, or sudo date -s 'YYYY-MM-DD HH:MM'; or {OFFLINE}",
        )


class InstallRunning(AudioRtspError):
    """Another installation changes the same folder just now."""

    exit_code = 26

    def __init__(self, folder: str, holder: str) -> None:
        super().__init__(f"another installation is at work in {folder} (pid {holder})", fix="wait until it has ended")


class NothingToRollBack(AudioRtspError):
    """No earlier MediaMTX is kept."""

    exit_code = 28

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"no earlier MediaMTX is kept in {folder}", fix="name a version: audio-rtsp mediamtx install -v VERSION"
        )


class ServerConfRefused(AudioRtspError):
    """A configuration that MediaMTX, or all streams, could not live with."""

    exit_code = 31

    def __init__(self, path: str, lines: Iterable[str]) -> None:
        fix = "mend the lines above; until then the server runs on the last good copy"
        super().__init__(f"{path} cannot be used as it is", fix=fix, detail=lines)
