"""The programs of the host that the lab runs, and the Debian packages they come from."""

from __future__ import annotations

import os
import shutil
import sys

from lab.command import ask
from lab.errors import ProgramsMissing

INSTALL_LIMIT = 600.0
OF_PACKAGE = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mke2fs": "e2fsprogs",
    "dpkg-deb": "dpkg",
    "apt-get": "apt",
    "tar": "tar",
    "setpriv": "util-linux",
}


def ensure_programs() -> None:
    """Install what is missing, as root and without a terminal to ask on; else name it."""
    missing = missing_packages()
    if not missing:
        return
    if os.geteuid() != 0:
        raise ProgramsMissing(missing, "only root can install them")
    if sys.stdin.isatty():
        raise ProgramsMissing(missing, "not installed unasked while somebody is at the terminal")
    _install(missing)


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
