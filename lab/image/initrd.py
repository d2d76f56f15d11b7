"""An initrd of one program: static busybox, the modules that mount the root disk, and nothing to wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.errors import BuildFailed
from lab.image.rootfs import in_root

MODULES = ("virtio_pci", "virtio_blk", "crc32c_generic", "ext4")
FOLDERS = ("bin", "dev", "proc", "sys", "m", "root")
INIT_HEAD = """#!/bin/busybox sh
B=/bin/busybox
$B mount -t devtmpfs d /dev
$B mount -t proc p /proc
$B mount -t sysfs s /sys
"""
INIT_TAIL = """n=0
while [ ! -b /dev/vda ] && [ $n -lt 100 ]; do $B sleep 0.05; n=$((n+1)); done
$B mount -t ext4 -o rw /dev/vda /root || exec $B sh
$B mount --move /dev /root/dev
$B umount /proc /sys
exec $B switch_root /root /sbin/init
"""


def build_initrd(root: Path, release: str) -> bytes:
    """The archive for the kernel *release* that is installed under *root*."""
    modules = _module_paths(root, release)
    files = {"init": render_init([path.rsplit("/", 1)[1] for path in modules]).encode()}
    files["bin/busybox"] = (root / "usr/bin/busybox").read_bytes()
    files.update({f"m/{path.rsplit('/', 1)[1]}": (root / path.lstrip("/")).read_bytes() for path in modules})
    return render_archive(FOLDERS, files)


def render_init(modules: Sequence[str]) -> str:
    """The script that the kernel starts: load, mount, hand over."""
    return INIT_HEAD + "".join(f"$B insmod /m/{name}\n" for name in modules) + INIT_TAIL


def render_archive(folders: Sequence[str], files: Mapping[str, bytes]) -> bytes:
    """A cpio archive in the format "newc", as Documentation/driver-api/early-userspace/buffer-format.rst has it."""
    entries = [_entry(number, name, 0o040755, b"") for number, name in enumerate(folders, 1)]
    first = len(entries) + 1
    entries += [_entry(number, name, 0o100755, data) for number, (name, data) in enumerate(files.items(), first)]
    return b"".join(entries) + _entry(0, "TRAILER!!!", 0, b"")


def _entry(inode: int, name: str, mode: int, data: bytes) -> bytes:
    path = name.encode() + b"\0"
    numbers = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(path), 0)
    head = b"070701" + b"".join(f"{number:08x}".encode() for number in numbers) + path
    return _padded(head) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _module_paths(root: Path, release: str) -> list[str]:
    found: dict[str, None] = {}
    for module in MODULES:
        answer = in_root(root, "modprobe", "-S", release, "--show-depends", module)
        if answer.code:
            raise BuildFailed(f"modules for the initrd ({module})", answer.stderr)
        found.update({line.split()[1]: None for line in answer.stdout.splitlines() if line.startswith("insmod ")})
    return list(found)
