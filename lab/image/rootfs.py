"""A Debian root tree from package files: what debootstrap does, in a quarter of its time.

The order is one that dpkg accepts without apt inside: the data of the essential packages first, by tar; then dpkg
installs base-passwd and base-files, unpacks and configures the essential packages, then the rest.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lab.command import Answer, ask
from lab.errors import BuildFailed
from lab.image.configuration import DPKG

UNPACK_LIMIT = 120.0
CONFIGURE_LIMIT = 600.0
MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
FIRST = ("base-passwd", "base-files")
FOLDERS = (
    *(f"usr/{name}" for name in MERGED),
    *("etc/dpkg/dpkg.cfg.d", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"),
    *("var/lib/apt", "var/cache/apt/archives", "tmp", "proc", "sys", "dev", "debs"),
)
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
"""Name: major and minor number, as Documentation/admin-guide/devices.txt of the kernel has them."""

ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C",
    "DEBIAN_FRONTEND": "noninteractive",
    "DEBCONF_NONINTERACTIVE_SEEN": "true",
    "INITRD": "No",
}
"""``INITRD=No`` keeps the kernel's postinst from building an initrd that nobody boots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFiles:
    """The files to install, in apt's order."""

    essential: tuple[Path, ...]
    rest: tuple[Path, ...]


def build_root(root: Path, files: PackageFiles) -> None:
    """Fill the empty folder *root*; nothing is mounted, so nothing stays mounted when we are killed."""
    _prepare(root)
    _unpack(root, files.essential)
    for path in (*files.essential, *files.rest):
        shutil.copyfile(path, root / "debs" / path.name)
    _install(root, files)
    shutil.rmtree(root / "debs")
    (root / "usr/sbin/policy-rc.d").unlink()


def in_root(root: Path, *argv: str, timeout: float = CONFIGURE_LIMIT) -> Answer:
    """Run in the chroot with a built environment; every exit code is an answer."""
    return ask(("chroot", root, *argv), timeout=timeout, environ=ENVIRONMENT)


def _prepare(root: Path) -> None:
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in MERGED:
        (root / name).symlink_to(f"usr/{name}")
    for name in ("status", "available"):
        (root / "var/lib/dpkg" / name).write_text("")
    (root / "etc/dpkg/dpkg.cfg.d/lab").write_text(DPKG)
    for name, numbers in DEVICES.items():
        os.mknod(root / "dev" / name, 0o666 | stat.S_IFCHR, os.makedev(*numbers))
        (root / "dev" / name).chmod(0o666)


def _unpack(root: Path, files: Sequence[Path]) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda path: _unpack_one(root, path), files))


def _unpack_one(root: Path, path: Path) -> None:
    """dpkg-deb --extract would replace the links of the merged /usr by folders; tar can be told not to."""
    keep = ("tar", "-C", str(root), "-xpf", "-", "--keep-directory-symlink")
    with subprocess.Popen(("dpkg-deb", "--fsys-tarfile", path), stdout=subprocess.PIPE) as data:
        done = subprocess.run(keep, stdin=data.stdout, timeout=UNPACK_LIMIT, check=False, capture_output=True)
    if done.returncode or data.returncode:
        raise BuildFailed(f"unpacking {path.name}", done.stderr.decode(errors="replace"))


def _install(root: Path, files: PackageFiles) -> None:
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    first = [path for path in files.essential if path.name.split("_")[0] in FIRST]
    _dpkg(root, "--force-depends", "--install", *_inside(first))
    _dpkg(root, "--force-depends", "--unpack", *_inside(files.essential))
    _dpkg(root, "--configure", "-a")
    _dpkg(root, "--force-depends", "--unpack", *_inside(files.rest))
    _dpkg(root, "--configure", "-a")


def _inside(files: Sequence[Path]) -> list[str]:
    return [f"/debs/{path.name}" for path in files]


def _dpkg(root: Path, *argv: str) -> None:
    answer = in_root(root, "dpkg", *argv)
    if answer.code:
        raise BuildFailed(f"dpkg {argv[0]}", f"{answer.stdout[-1500:]}\n{answer.stderr[-1500:]}")
