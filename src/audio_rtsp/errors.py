"""The errors of the program: what happened, how to mend it, its exit code; MediaMTX's: ``server/mediamtx/errors.py``.

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
        fix = "start it: audio-rtsp run; where it is a service: sudo systemctl start audio-rtsp"
        super().__init__("audio-rtsp is not running", fix=fix, detail=(seen,))


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
        super().__init__(f"{server} does not start: {why.removesuffix(f'; {fix}')}", fix=fix)


NO_RIGHT = "run the same with sudo, or name your own folder: --config-dir DIR"
DISK_FIXES = {
    errno.ENOSPC: "make room on that disk (what is full: df -h; df -i), then type the same again",
    errno.EDQUOT: "your share of that disk is used up: make room (quota -s), then type the same again",
    errno.EBUSY: "it is mounted by itself, as in a container: mount its folder instead",
    errno.EPERM: "type the same with sudo; where that does not help it is immutable: lsattr -d, then sudo chattr -i",
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


class NotConfirmed(AudioRtspError):
    """A question was answered with no, or nobody was there to answer it; nothing was changed."""

    exit_code = 27

    def __init__(self, question: str, *, fix: str) -> None:
        super().__init__(f"nothing was changed; the question was: {question}", fix=fix)


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


MEND = "take what the lines say; all settings with their values: audio-rtsp config show --all"


class ConfigRefused(AudioRtspError):
    """Settings that cannot work; each complaint is one line with its fix."""

    exit_code = 78

    def __init__(self, complaints: Iterable[str], *, fix: str = MEND) -> None:
        lines = tuple(complaints)
        super().__init__(f"{len(lines)} setting{'s' if len(lines) != 1 else ''} cannot be used", fix=fix, detail=lines)
