"""The guest's disks: an overlay over the image's file system, and further disks."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab.command import run


def make_overlay(path: Path, base: Path) -> None:
    """An empty qcow2 over *base*, which stays as it is."""
    run(("qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", path), timeout=30)


def copy_overlay(source: Path, path: Path) -> None:
    """A copy with its snapshots: 0.1 s, so every guest discards what it wrote."""
    shutil.copyfile(source, path)


def make_disk(path: Path, size_mib: int, tree: Path | None = None) -> None:
    """A raw ext4 disk, holding the files of *tree*; no loop device is needed."""
    filled = ("-d", str(tree)) if tree else ()
    run(("mke2fs", "-q", "-t", "ext4", "-m", "0", *filled, path, f"{size_mib}M"), timeout=60)
