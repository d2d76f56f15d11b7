"""From nothing to disk, kernel and initrd."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.command import run
from lab.errors import FolderUnfit
from lab.folder import passing_folder
from lab.image.apt import Package, PrivateApt
from lab.image.cache import Cache
from lab.image.configuration import without_password, write_configuration
from lab.image.initrd import build_initrd
from lab.image.kernel import unpack_kernel
from lab.image.packages import ESSENTIAL, GUEST
from lab.image.programs import can_hold_system, ensure_privileges
from lab.image.recipe import Recipe
from lab.image.rootfs import PackageFiles, build_root, in_root

DISK_SIZE = "4G"
"""Sparse: 1.3 GB are used."""

TREE_BYTES = 3 << 30
MEMORY = Path("/dev/shm")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Image:
    """A built image: what QEMU needs to boot, and where its snapshots are kept."""

    folder: Path

    @property
    def disk(self) -> Path:
        """The root file system, raw; never written after the build."""
        return self.folder / "root.ext4"

    @property
    def kernel(self) -> Path:
        """An ELF vmlinux."""
        return self.folder / "vmlinux"

    @property
    def initrd(self) -> Path:
        """A cpio archive."""
        return self.folder / "initrd"


def ensure_image(cache: Cache, say: Say) -> Image:
    """The image of today's recipe, built when it is not in the cache."""
    apt = PrivateApt(cache.folder / "apt")
    apt.refresh()
    recipe = Recipe(essential=apt.plan([ESSENTIAL]), packages=apt.plan([ESSENTIAL, *GUEST]))
    folder = cache.get(f"image-{recipe.key}", lambda half: _build(half, apt, recipe, say))
    cache.prune("image")
    return Image(folder)


def _build(folder: Path, apt: PrivateApt, recipe: Recipe, say: Say) -> None:
    ensure_privileges()
    place = _place_of_tree(folder)
    say(f"image: fetching {len(recipe.packages)} packages")
    apt.download([ESSENTIAL, *GUEST])
    say("image: installing them into an empty tree")
    with passing_folder(place, "tree-") as tree:
        build_root(tree, _files(apt, recipe))
        _finish(tree, folder, say)


def _finish(tree: Path, folder: Path, say: Say) -> None:
    release = next((tree / "usr/lib/modules").iterdir()).name
    write_configuration(tree)
    shadow = tree / "etc/shadow"
    shadow.write_text(without_password(shadow.read_text()))
    in_root(tree, "depmod", release)
    (folder / "vmlinux").write_bytes(unpack_kernel((tree / f"boot/vmlinuz-{release}").read_bytes()))
    (folder / "initrd").write_bytes(build_initrd(tree, release))
    say("image: writing the file system")
    make = ("mke2fs", "-q", "-t", "ext4", "-L", "root", "-m", "0", "-E", "lazy_itable_init=1,nodiscard")
    run((*make, "-d", tree, folder / "root.ext4", DISK_SIZE), timeout=300)


def _files(apt: PrivateApt, recipe: Recipe) -> PackageFiles:
    essential = _paths(apt, recipe.essential)
    known = set(essential)
    return PackageFiles(
        essential=essential, rest=tuple(path for path in _paths(apt, recipe.packages) if path not in known)
    )


def _paths(apt: PrivateApt, packages: Sequence[Package]) -> tuple[Path, ...]:
    return tuple(apt.archives / package.file_name for package in packages)


def _place_of_tree(half: Path) -> Path:
    """Memory where there is enough (no file is synced twice) and it is not mounted nodev, as most hosts do; else the
    cache's folder for what passes.
    """
    if MEMORY.is_dir() and can_hold_system(MEMORY) and shutil.disk_usage(MEMORY).free > 2 * TREE_BYTES:
        return MEMORY
    if not can_hold_system(half):
        raise FolderUnfit(half.parent)
    return half.parent / "run"
