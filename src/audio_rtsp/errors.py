"""Every error of the program: what happened, how to mend it, its exit code.

The world's failures are values where the program goes on, and one of these where it cannot.
Only ``cli/main.py`` prints them. Exit codes: docs/reference/exit-codes.md.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable

from audio_rtsp.stream_name import RULE


class AudioRtspError(Exception):
    """A failure that the owner can do something about."""

    exit_code = 1

    def __init__(self, what: str, *, fix: str, detail: Iterable[str] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.detail = tuple(detail)


def why(error: OSError) -> str:
    """The system's reason in words."""
    return (error.strerror or str(error)).lower()


class NotRunning(AudioRtspError):
    """No service answers on the control socket."""

    exit_code = 3

    def __init__(self, where: str) -> None:
        seen = f"nothing answers at {where}"
        super().__init__("audio-rtsp is not running", fix="start it: audio-rtsp run", detail=(seen,))


class NotAnswering(AudioRtspError):
    """A program listens on the control socket and gives no answer."""

    exit_code = 4

    def __init__(self, where: str) -> None:
        super().__init__(
            f"audio-rtsp runs but does not answer (at {where})",
            fix="try again; if it stays so, start it anew: sudo systemctl restart audio-rtsp, or Ctrl-C where it runs",
        )


class NoSuchStream(AudioRtspError):
    """A stream name that nobody publishes."""

    exit_code = 9

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = ", ".join(known) or "none"
        super().__init__(f"no stream is called {name}", fix="audio-rtsp stream list", detail=(f"streams: {names}",))


class NoSuchDevice(AudioRtspError):
    """A device name or identity that this machine does not have."""

    exit_code = 10

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = ", ".join(known) or "none"
        super().__init__(
            f"no capture device is called {name}", fix="audio-rtsp device list", detail=(f"devices: {names}",)
        )


class AmbiguousDevice(AudioRtspError):
    """A short name that fits more than one device."""

    exit_code = 11

    def __init__(self, name: str, fits: Iterable[str]) -> None:
        super().__init__(f"{name} fits more than one device", fix="use one of the whole ids", detail=fits)


class BadName(AudioRtspError):
    """A stream name that cannot be part of a URL, a file name and a server's path at once."""

    exit_code = 12

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} cannot be a stream name", fix=f"use {RULE}")


class NotAllowed(AudioRtspError):
    """The running program does not take orders from this user."""

    exit_code = 77

    def __init__(self, why: str) -> None:
        super().__init__(why, fix="run the same with sudo, or as a member of the group audio-rtsp")


class NameTaken(AudioRtspError):
    """A stream name that another device or file has."""

    exit_code = 20

    def __init__(self, name: str, why: str, *, fix: str = "choose another name, or rename that one first") -> None:
        super().__init__(f"{name} is taken: {why}", fix=fix)


class ProgramMissing(AudioRtspError):
    """A program that we run is not on this machine."""

    exit_code = 13

    def __init__(self, program: str, package: str) -> None:
        super().__init__(f"{program} is not installed", fix=f"sudo apt install {package}")


class PortTaken(AudioRtspError):
    """Another program listens on a port that we need."""

    exit_code = 14

    def __init__(self, port: int, setting: str, holder: str = "another program") -> None:
        super().__init__(
            f"port {port} is taken by {holder}",
            fix=f"stop it, or choose another port: --{setting.lower().replace('_', '-')} N",
        )
        self.port = port
        self.setting = setting


class ServerFailed(AudioRtspError):
    """The media server does not start."""

    exit_code = 15

    def __init__(self, server: str, why: str) -> None:
        fix = "try the other one: --server embedded, or --server mediamtx"
        if "permission denied" in why.lower():
            fix = "ports below 1024 are root's: choose another, such as --rtsp-port 8554"
        super().__init__(f"{server} does not start: {why}", fix=fix)


NO_RIGHT = "run the same with sudo, or name your own folder: --config-dir DIR"
DISK_FIXES = {
    errno.ENOSPC: "make room on that disk (what is full: df -h; df -i), then type the same again",
    errno.EDQUOT: "your share of that disk is used up: make room (quota -s), then type the same again",
    errno.EROFS: "that disk is read-only, often after an error of it: see dmesg; then: sudo mount -o remount,rw DISK",
}


class NotWritable(AudioRtspError):
    """A file of ours that cannot be changed."""

    exit_code = 16

    def __init__(self, path: str, reason: OSError | str, *, no_right: str = NO_RIGHT) -> None:
        says, number = (why(reason), reason.errno) if isinstance(reason, OSError) else (reason, None)
        super().__init__(f"{path} cannot be written: {says}", fix=DISK_FIXES.get(number or 0, no_right))


class NotReadable(AudioRtspError):
    """A file of ours that is there but cannot be read; it is never rewritten."""

    exit_code = 17

    def __init__(self, path: str, why: str, *, fix: str = "") -> None:
        look = f"look at it: ls -l {path}; it was left as it is"
        super().__init__(f"{path} cannot be read: {why}", fix=fix or look)


class ProgramBroken(AudioRtspError):
    """A program that we run is there and does not work."""

    exit_code = 33

    def __init__(self, program: str, package: str, said: str) -> None:
        super().__init__(f"{program} does not work: {said}", fix=f"sudo apt install --reinstall {package}")


class ProgramTooOld(AudioRtspError):
    """A program that lacks what we need of it."""

    exit_code = 18

    def __init__(self, program: str, version: str, needed: str) -> None:
        fix = "use a newer system (Debian 12, Ubuntu 24.04, Raspberry Pi OS 12 or later)"
        super().__init__(f"{program} {version} is too old: at least {needed} is needed", fix=fix)


GET_IT = "install it: sudo audio-rtsp mediamtx install"


class MediaMtxMissing(AudioRtspError):
    """MediaMTX was asked for and is not there."""

    exit_code = 19

    def __init__(self, named: str) -> None:
        where = f"at {named}" if named else "on PATH or in /usr/local/mediamtx"
        super().__init__(
            f"no MediaMTX is installed {where}", fix=f"{GET_IT}; or use the built-in server: --server embedded"
        )


OFFLINE = "carry the release here, with its checksums.sha256 beside it: audio-rtsp mediamtx install --offline FILE"


class ReleaseServerAway(AudioRtspError):
    """The server of MediaMTX's releases cannot be reached, or does not answer as it should."""

    exit_code = 21

    def __init__(self, server: str, why: str) -> None:
        super().__init__(f"{server} cannot be used: {why}", fix=f"try again later, or {OFFLINE}")


class NoSuchRelease(AudioRtspError):
    """A release of MediaMTX that does not exist, or not for this machine."""

    exit_code = 22

    def __init__(self, what: str, *, fix: str, detail: Iterable[str] = ()) -> None:
        super().__init__(what, fix=fix, detail=detail)


ANEW = "type the same again, it is then downloaded anew; or bring another copy of the file"


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


class NotConfirmed(AudioRtspError):
    """A question was answered with no, or nobody was there to answer it; nothing was changed."""

    exit_code = 27

    def __init__(self, question: str, *, fix: str) -> None:
        super().__init__(f"nothing was changed; the question was: {question}", fix=fix)


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


class NotUsb(AudioRtspError):
    """A stream whose device is not on USB, so that it cannot be reset there."""

    exit_code = 32

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is no USB device", fix=f"begin again with its programs: audio-rtsp stream restart {name}"
        )


class AlreadyRunning(AudioRtspError):
    """A second instance for the same configuration."""

    exit_code = 75

    def __init__(self, pid: str, urls: Iterable[str] = (), *, is_another_users: bool = False) -> None:
        end = f"Ctrl-C where it runs; where that window is closed: kill {pid}"
        if is_another_users:
            end = f"sudo systemctl stop audio-rtsp; where it was started by hand: sudo kill {pid}"
        fix = f"listen to it at its URLs, or end it: {end}"
        super().__init__(f"audio-rtsp is running already (pid {pid})", fix=fix, detail=urls)


MEND = "take what the lines say; all settings with their values: audio-rtsp config show"


class ConfigRefused(AudioRtspError):
    """Settings that cannot work; each complaint is one line with its fix."""

    exit_code = 78

    def __init__(self, complaints: Iterable[str], *, fix: str = MEND) -> None:
        lines = tuple(complaints)
        super().__init__(f"{len(lines)} setting{'s' if len(lines) != 1 else ''} cannot be used", fix=fix, detail=lines)
