"""Doing what is planned: download, be sure, unpack, try, switch."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import assert_never

from audio_rtsp.errors import NotWritable
from audio_rtsp.facts.userland import read_machine, read_userland
from audio_rtsp.host.atomic_file import make_folder
from audio_rtsp.host.lock import InstanceLock
from audio_rtsp.server.mediamtx.errors import InstallRunning, ReleaseRefused, VersionRefused
from audio_rtsp.server.mediamtx.release import version_folders
from audio_rtsp.server.mediamtx.release.archive import unpack
from audio_rtsp.server.mediamtx.release.attestation import attest
from audio_rtsp.server.mediamtx.release.checksum import find_checksum
from audio_rtsp.server.mediamtx.release.download import Progress, download
from audio_rtsp.server.mediamtx.release.installation import DOWNLOADS, LOCK, STAGING, Installation, ask_version, sha256
from audio_rtsp.server.mediamtx.release.plan import (
    Adopt,
    Attest,
    Compare,
    Expect,
    Fetch,
    Place,
    Remember,
    Step,
    Switch,
    TryOut,
    Unpack,
)
from audio_rtsp.server.mediamtx.release.version import faults, parse_release
from audio_rtsp.server.mediamtx.release.web import Web

NO_CHECKSUM = "take another version; or, if you know where the file comes from: --skip-checksum"
WRONG_FILE = "take the file for this machine: audio-rtsp mediamtx install --dry-run names it"
SUDO = "type the same with sudo, or name a folder of your own: --to DIR"


class Installer:
    """One installation at work; *file* is the release's, carried or downloaded.

    *accept* is shown the new program before anything is changed, and may raise.
    """

    def __init__(
        self,
        installation: Installation,
        *,
        web: Web,
        progress: Progress,
        tell: Callable[[str], None],
        file: Path | None = None,
        accept: Callable[[Path], None] = lambda program: None,
    ) -> None:
        self._installation = installation
        self._web = web
        self._progress = progress
        self._tell = tell
        self._file = file or Path()
        self._accept = accept
        self._expected = ""
        self._before = installation.in_use
        self.version = ""

    def apply(self, steps: Iterable[Step]) -> None:
        """Do them; raises AudioRtspError with the program in use untouched. The caller holds the lock."""
        version_folders.tidy(self._installation, keep_downloads=True)
        try:
            for step in steps:
                self._apply(step)
        except ReleaseRefused:
            version_folders.tidy(self._installation)
            raise
        except BaseException:
            version_folders.tidy(self._installation, keep_downloads=True)
            raise
        version_folders.tidy(self._installation)

    @property
    def _staging(self) -> Path:
        return self._installation.folder / STAGING

    def _apply(self, step: Step) -> None:
        self._tell(str(step))
        match step:
            case Expect():
                self._expect(step)
            case Fetch():
                self._fetch(step.url)
            case Compare():
                self._compare()
            case Attest():
                self._tell(attest(self._file))
            case Unpack():
                self._staging.mkdir()
                unpack(self._file, self._staging)
            case TryOut():
                self._try_out(step)
            case Adopt():
                if self._installation.is_foreign:
                    self._before = version_folders.adopt_foreign(self._installation)
            case Place():
                self._place()
            case Remember():
                if self._before and self._before != self.version:
                    version_folders.remember(self._installation, self._before)
            case Switch():
                version_folders.switch(self._installation, step.name or self.version)
            case _:
                assert_never(step)

    def _expect(self, step: Expect) -> None:
        for place in step.lists:
            found = find_checksum(self._list(place) or "", step.file)
            if found:
                self._expected = found
                return
        raise ReleaseRefused(step.file, "has no checksum that it could be compared with", fix=NO_CHECKSUM)

    def _list(self, place: str) -> str | None:
        if not place.startswith("/"):
            return self._web.text(place)
        try:
            return Path(place).read_text(errors="replace")
        except FileNotFoundError:
            return None

    def _fetch(self, url: str) -> None:
        folder = self._installation.folder / DOWNLOADS
        folder.mkdir(exist_ok=True)
        self._file = folder / url.rsplit("/", 1)[-1]
        if not self._expected:
            self._file.unlink(missing_ok=True)  # without a checksum nobody would see that two halves do not fit
        if not download(self._web, url, self._file, self._progress):
            raise ReleaseRefused(self._file.name, "is not on the release server")

    def _compare(self) -> None:
        if sha256(self._file) != self._expected:
            raise ReleaseRefused(self._file.name, "differs from its checksum: damaged, or not what it claims to be")

    def _try_out(self, step: TryOut) -> None:
        program = self._installation.program_of(step.name) if step.name else self._staging / "mediamtx"
        self.version = step.name
        says = ask_version(program)
        if says is None:
            why, fix = _why_it_does_not_run(program)
            raise ReleaseRefused(self._file.name or step.name, why, fix=fix)
        if step.version and says != step.version:
            raise ReleaseRefused(self._file.name, f"holds {says}, not {step.version}", fix=WRONG_FILE)
        self.version = step.name or says
        if not step.name:  # the way back stays open, whatever is known of that version
            refuse_bad(says)
        self._accept(program)

    def _place(self) -> None:
        kept = version_folders.place(self._installation, self._staging, self.version)
        if kept and self._before == self.version:
            self._before = kept


def _why_it_does_not_run(program: Path) -> tuple[str, str]:
    """The reason, and how to mend it."""
    if not os.access(program, os.X_OK):
        return f"may not be run in {program.parent}", _how_to_let_it_run(program)
    made_for, here = read_machine(program), read_userland()
    if made_for not in ("unknown", here.rstrip("67v") if here.startswith("arm") else here):
        return f"is made for {made_for}, and this machine runs {here}", WRONG_FILE
    return "does not run here: mediamtx --version prints no version", WRONG_FILE


def _how_to_let_it_run(program: Path) -> str:
    if program.stat().st_mode & 0o111:
        return "its disk is mounted noexec: sudo mount -o remount,exec DISK, and take noexec out of /etc/fstab"
    return f"sudo chmod 755 {program}"


def refuse_bad(version: str) -> None:
    """Raises VersionRefused for a release that is known not to work; an unknown build may."""
    release = parse_release(version)
    for fault in faults(release) if release else ():
        if fault.refused:
            raise VersionRefused(version, fault.says)


@contextlib.contextmanager
def changing(installation: Installation) -> Iterator[None]:
    """Make the folder and hold its lock; raises InstallRunning, NotWritable."""
    folder = installation.folder
    lock = InstanceLock(folder / LOCK)
    try:
        make_folder(folder)
        is_ours = lock.take()
    except OSError as error:
        raise _not_writable(error, folder) from None
    if not is_ours:
        raise InstallRunning(str(folder), lock.holder())
    try:
        yield
    except OSError as error:
        raise _not_writable(error, folder) from None
    finally:
        lock.release()


def _not_writable(error: OSError, folder: Path) -> NotWritable:
    where = str(error.filename or folder)
    return NotWritable(where, error, no_right=SUDO)
