"""``mediamtx check``: what is installed, what is newest, and whether that could be installed here. Changes nothing."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.version import Version

from audio_rtsp.errors import AudioRtspError
from audio_rtsp.host.atomic_file import write_atomic
from audio_rtsp.server.mediamtx.errors import ClockNotSet, NoSuchRelease, ReleaseServerAway
from audio_rtsp.server.mediamtx.release.asset import Asset, checksum_names, file_url
from audio_rtsp.server.mediamtx.release.checksum import find_checksum
from audio_rtsp.server.mediamtx.release.download import Progress, download
from audio_rtsp.server.mediamtx.release.installation import Installation, ask_version, sha256
from audio_rtsp.server.mediamtx.release.memory import ReleaseMemory, parse_memory, render_memory
from audio_rtsp.server.mediamtx.release.report import Report
from audio_rtsp.server.mediamtx.release.server import ReleaseServer
from audio_rtsp.server.mediamtx.release.version import (
    NEWEST_TRIED,
    faults,
    is_refused,
    newest_good,
    parse_release,
    tag,
)

AWAY = (ReleaseServerAway, ClockNotSet)
ANEW = "install it again: sudo audio-rtsp mediamtx install --force-install -v {}"
TRIED = "take the one that was tried, leave -v out: sudo audio-rtsp mediamtx install"
OTHER = "take another version: audio-rtsp mediamtx check -v VERSION says whether it would do"


@dataclass(kw_only=True)
class Check:
    """One look; *memory_file* holds the server's last answer. A program of another machine's tree is not run."""

    installation: Installation
    server: ReleaseServer
    userland: str
    memory_file: Path
    progress: Progress
    may_run: bool = True
    _notes: list[str] = field(init=False, default_factory=list)
    _problems: list[str] = field(init=False, default_factory=list)
    _fixes: dict[str, None] = field(init=False, default_factory=dict)
    """Each once, in order."""

    def look(self, wanted: Version | None = None) -> Report:
        """The findings; about *wanted* instead of the newest when it is named."""
        report = self._installed()
        memory = self._memory()
        answers = self._answers(memory)
        newest = newest_good(answers.versions) if answers else None
        installed = parse_release(report.installed or "")
        is_newer = newest is not None and (report.installed is None or (installed is not None and newest > installed))
        report = replace(
            report,
            newest=tag(newest) if newest else "",
            age=None if answers is None or answers is not memory else max(0.0, self.server.web.now() - answers.at),
            has_update=is_newer,
        )
        subject = wanted or (newest if is_newer else None)
        if subject:
            report = self._about(report, subject, answers)
        return replace(report, notes=tuple(self._notes), problems=tuple(self._problems), fixes=tuple(self._fixes))

    def _wrong(self, *says: str, fix: str) -> None:
        self._problems += says
        self._fixes[fix] = None

    def _away(self, error: AudioRtspError, memory: ReleaseMemory | None) -> None:
        """With an old answer it is no problem."""
        (self._notes if memory else self._problems).append(error.what)
        self._fixes[error.fix] = None

    def _installed(self) -> Report:
        here, name = self.installation, self.installation.in_use
        says = ask_version(here.program) if self.may_run and here.program.exists() else name
        version = parse_release(says or "")
        if here.program.exists() and says is None:
            self._wrong(
                f"{here.program} does not run: it prints no version", fix=ANEW.format(name or tag(NEWEST_TRIED))
            )
        if version:
            self._judge(version)
        return Report(
            folder=str(here.folder),
            userland=self.userland,
            installed=says,
            is_unknown_build=says is not None and version is None,
            installed_checksum=self._installed_checksum(name),
            previous=here.previous,
        )

    def _judge(self, version: Version) -> None:
        told = self._problems if is_refused(version) else self._notes
        told += [f"{tag(version)} {fault.says}" for fault in faults(version)]
        if is_refused(version):
            self._fixes[TRIED] = None

    def _installed_checksum(self, name: str | None) -> str:
        if name is None:
            return "not noted: another program put it there" if self.installation.is_foreign else ""
        verdict = self.installation.is_as_installed(name)
        if verdict is False:
            program = self.installation.program_of(name)
            self._wrong(f"{program} has changed since it was installed", fix=ANEW.format(name))
        return {True: "as it was installed", False: "CHANGED since it was installed", None: "not noted"}[verdict]

    def _memory(self) -> ReleaseMemory | None:
        try:
            return parse_memory(self.memory_file.read_bytes(), self.server.base)
        except OSError:
            return None

    def _answers(self, memory: ReleaseMemory | None) -> ReleaseMemory | None:
        """What the server has: as it said within the last hour, else now, else the last time."""
        now = self.server.web.now()
        if memory and memory.is_fresh(now):
            return memory
        try:
            versions = self.server.versions()
        except (*AWAY, NoSuchRelease) as error:
            self._away(error, memory)
            return memory
        verified = memory.verified if memory else {}
        new = ReleaseMemory(base=self.server.base, at=now, versions=versions, verified=verified)
        self._keep(new)
        return new

    def _keep(self, memory: ReleaseMemory) -> None:
        with contextlib.suppress(OSError):  # a plain user may look, and asks the server each time
            self.memory_file.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self.memory_file, render_memory(memory))

    def _about(self, report: Report, version: Version, answers: ReleaseMemory | None) -> Report:
        """Could *version* be installed here?"""
        self._judge(version)
        report = replace(report, wanted=tag(version))
        try:
            asset = self.server.asset(version, self.userland)
            return replace(report, url=f"{asset.url} answers", checksum=self._checksum(version, asset, answers))
        except AWAY as error:
            self._away(error, answers)
        except AudioRtspError as error:
            self._wrong(error.what, *error.detail, fix=error.fix)
        return report

    def _checksum(self, version: Version, asset: Asset, answers: ReleaseMemory | None) -> str:
        listed = self._listed(version, asset)
        if listed is None:
            self._wrong(f"{asset.name} has no checksum", fix=OTHER)
            return "missing"
        if answers and answers.verified.get(asset.url) == listed:
            return "matches (the file was downloaded and compared before)"
        with tempfile.TemporaryDirectory(prefix="audio-rtsp-") as folder:
            file = Path(folder) / asset.name
            download(self.server.web, asset.url, file, self.progress)
            found = sha256(file)
        if found != listed:
            self._wrong(f"{asset.name} differs from its checksum", fix=OTHER)
            return "DIFFERS"
        if answers:
            self._keep(replace(answers, verified={**answers.verified, asset.url: listed}))
        return "matches (the file was downloaded and compared)"

    def _listed(self, version: Version, asset: Asset) -> str | None:
        urls: Iterable[str] = (
            file_url(self.server.base, version, name) for name in checksum_names(version, asset.name)
        )
        return next(
            (found for url in urls if (found := find_checksum(self.server.web.text(url) or "", asset.name))), None
        )
