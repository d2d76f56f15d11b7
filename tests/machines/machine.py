"""The captured machines, and the same machines as other places show them."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
MACHINES = tuple(sorted(path for path in HERE.iterdir() if (path / "proc").is_dir()))


def machine(number: str) -> Path:
    """The tree whose folder begins with *number*."""
    return next(path for path in MACHINES if path.name.startswith(number))


def copy_of(number: str, folder: Path) -> Path:
    """A tree that may be changed."""
    return Path(shutil.copytree(machine(number), folder / "root", symlinks=True))


def without_proc(number: str, folder: Path) -> Path:
    """As in a container: /proc/asound is masked by an empty folder."""
    tree = copy_of(number, folder)
    shutil.rmtree(tree / "proc/asound")
    (tree / "proc/asound").mkdir()
    return tree


def without_links(number: str, folder: Path) -> Path:
    """As in a support bundle that followed no link: /sys/class/sound has plain folders, /sys/devices is not there."""
    tree = copy_of(number, folder)
    for link in (tree / "sys/class/sound").iterdir():
        target = link.resolve()
        link.unlink()
        shutil.copytree(target, link)
    shutil.rmtree(tree / "sys/devices")
    return tree


def with_device_links(number: str, folder: Path) -> Path:
    """As in a bundle that kept the ``device`` link of each card only."""
    tree = copy_of(number, folder)
    for link in list((tree / "sys/class/sound").glob("card*")):
        target = link.readlink()
        link.unlink()
        link.mkdir()
        (link / "device").symlink_to(Path("..") / target.parent.parent)
    return tree
