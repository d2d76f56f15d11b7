"""The host's apt with a state of its own: which packages the guest gets, and their files."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.command import ask, run
from lab.errors import BuildFailed

DOWNLOAD_LIMIT = 900.0
FRESH_SECONDS = 24 * 3600.0
"""Package lists older than this are fetched again; without a network the old ones serve."""

HOST_APT = Path("/etc/apt")
INSTALLS = re.compile(r"^Inst (?P<name>\S+) (?:\[\S+\] )?\((?P<version>\S+) .*\[(?P<architecture>\w+)\]\)")
OWN_SETTINGS = """
Dir::Etc "{folder}/etc";
Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";
Dir::State "{folder}";
Dir::State::Lists "{folder}/lists";
Dir::State::Status "{folder}/status";
Dir::Cache "{folder}";
Dir::Cache::Archives "{folder}/archives";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One binary package in one version."""

    name: str
    version: str
    architecture: str

    @property
    def file_name(self) -> str:
        """As apt names it in its archives; the colon of an epoch is escaped."""
        return f"{self.name}_{self.version.replace(':', '%3a')}_{self.architecture}.deb"


def parse_simulation(text: str) -> tuple[Package, ...]:
    """Read ``apt-get --simulate install``: one ``Inst`` line a package, in an order that can be unpacked."""
    return tuple(Package(**found.groupdict()) for line in text.splitlines() if (found := INSTALLS.match(line)))


@dataclass(frozen=True, slots=True)
class PrivateApt:
    """apt over the host's sources and keys, with lists, archives and an empty status under *folder*."""

    folder: Path

    @property
    def archives(self) -> Path:
        """Where the package files are kept."""
        return self.folder / "archives"

    def refresh(self) -> None:
        """Fetch the package lists when they are old; raises BuildFailed when there are none at all."""
        stamp = self.folder / "refreshed"
        self._prepare()
        if stamp.exists() and time.time() - stamp.stat().st_mtime < FRESH_SECONDS:
            return
        answer = ask(("apt-get", "-qq", "update"), timeout=DOWNLOAD_LIMIT, environ=self._environ())
        if answer.code == 0:
            stamp.touch()
        elif not stamp.exists():
            raise BuildFailed("apt-get update", answer.stderr)

    def plan(self, names: Sequence[str]) -> tuple[Package, ...]:
        """What installing *names* into an empty system means."""
        argv = ("apt-get", "-qq", "--simulate", "install", *names)
        return parse_simulation(run(argv, timeout=60, environ=self._environ()).stdout)

    def download(self, names: Sequence[str]) -> None:
        """Fetch every package file of the plan that is not there yet; files of earlier plans go."""
        argv = ("apt-get", "-qq", "-y", "--download-only", "install", *names)
        run(argv, timeout=DOWNLOAD_LIMIT, environ=self._environ())
        wanted = {package.file_name for package in self.plan(names)}
        for path in self.archives.glob("*.deb"):
            if path.name not in wanted:
                path.unlink()

    def _prepare(self) -> None:
        for name in ("lists/partial", "archives/partial", "etc/sources.list.d", "etc/preferences.d", "etc/apt.conf.d"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").write_text("")
        for source in _debian_sources():
            shutil.copyfile(source, self.folder / "etc" / source.relative_to(HOST_APT))
        ways = ask(("apt-config", "dump", "Acquire"), timeout=30).stdout
        (self.folder / "apt.conf").write_text(ways + OWN_SETTINGS.format(folder=self.folder))

    def _environ(self) -> Mapping[str, str]:
        own = {"APT_CONFIG": str(self.folder / "apt.conf"), "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        return {**os.environ, **own}


def _debian_sources() -> list[Path]:
    """The host's sources of Debian itself; strangers (node, docker) are left out."""
    named = [HOST_APT / "sources.list", *(HOST_APT / "sources.list.d" / f"debian.{end}" for end in ("list", "sources"))]
    return [path for path in named if path.exists()]
