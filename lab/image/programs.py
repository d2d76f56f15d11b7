"""What the lab needs of its host: root, Debian on amd64, and programs with the packages they come from."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from lab.command import ask
from lab.errors import NotDebian, NotRoot, PrivilegeMissing, ProgramsMissing
from lab.machine.qemu import PROGRAM

INSTALL_LIMIT = 600.0
OF_PACKAGE = {
    PROGRAM: "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mke2fs": "e2fsprogs",
    "dpkg-deb": "dpkg",
    "apt-get": "apt",
    "tar": "tar",
    "setpriv": "util-linux",
}


PROBE = """import os, stat, sys
for name, act in (
    ("mknod", lambda: os.mknod("null", 0o600 | stat.S_IFCHR, os.makedev(1, 3))),
    ("chroot", lambda: os.chroot(".")),
):
    try:
        act()
    except OSError as error:
        sys.exit(f"{name}: {error.strerror}")
"""
"""What a container may refuse to its root; for a process and a folder of its own."""


def ensure_host(*, may_ask_apt: bool = False) -> None:
    """Raises CannotRun where the lab cannot run. Missing programs are installed, without a question where nobody
    could answer one or *may_ask_apt*.
    """
    if os.geteuid() != 0:
        raise NotRoot
    host = f"{_distribution()} on {platform.machine()}"
    if host != "debian on x86_64":
        raise NotDebian(host)
    if missing := missing_packages():
        if sys.stdin.isatty() and not may_ask_apt:
            raise ProgramsMissing(missing, "not installed unasked while somebody is at the terminal; --yes does")
        _install(missing)
    ensure_privileges()


def ensure_privileges() -> None:
    """Raises CannotRun where the image cannot be built by this user."""
    if os.geteuid() != 0:
        raise NotRoot
    with tempfile.TemporaryDirectory() as folder:
        answer = ask((sys.executable, "-I", "-S", "-c", PROBE), timeout=30, cwd=Path(folder))
    if answer.code:
        raise PrivilegeMissing(answer.stderr.strip())


def can_hold_system(folder: Path) -> bool:
    """Whether device files and programs in *folder* can be used (mount options nodev and noexec)."""
    return not os.statvfs(folder).f_flag & (os.ST_NODEV | os.ST_NOEXEC)


def _distribution() -> str:
    """ID of os-release(5), such as debian."""
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return "an unknown system"


def missing_packages() -> tuple[str, ...]:
    """The packages whose programs are not on PATH."""
    return tuple(sorted({package for program, package in OF_PACKAGE.items() if not shutil.which(program)}))


def _install(packages: tuple[str, ...]) -> None:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    ask(("apt-get", "-qq", "update"), timeout=INSTALL_LIMIT, environ=environ)
    argv = ("apt-get", "-qq", "-y", "--no-install-recommends", "install", *packages)
    answer = ask(argv, timeout=INSTALL_LIMIT, environ=environ)
    if answer.code or missing_packages():
        raise ProgramsMissing(packages, f"apt-get could not install them: {answer.stderr.strip()[-300:]}")
