"""Which programs this machine runs: by its userland, not its kernel (a Pi may run 32-bit programs on a 64-bit one)."""

from __future__ import annotations

import contextlib
from pathlib import Path

SHELL = "bin/sh"
MACHINES = {3: "i386", 8: "mips", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv64", 258: "loongarch64"}
"""e_machine of elf(5)."""
POWER = 21
"""powerpc64, either endian."""


def read_userland(root: Path = Path("/")) -> str:
    """``x86_64``, ``aarch64``, ``armv7``, ``armv6`` or another name; ``unknown`` when its shell cannot be read."""
    machine = read_machine(_in_tree(root, SHELL))
    return machine if machine != "arm" else _arm(root)


def read_machine(program: Path) -> str:
    """What a program is made for, in the words of :func:`read_userland` (``arm`` for both); unknown = no ELF file."""
    try:
        with program.open("rb") as file:
            return parse_elf(file.read(20))
    except OSError:
        return "unknown"


def parse_elf(header: bytes) -> str:
    """The machine of the first 20 bytes of an ELF file (elf(5))."""
    if header[:4] != b"\x7fELF" or len(header) < 20:
        return "unknown"
    number = int.from_bytes(header[18:20], "little" if header[5] == 1 else "big")
    return "ppc64" if number == POWER else MACHINES.get(number, f"machine {number}")


def _arm(root: Path) -> str:
    """Only the Pi 1, the Zero and the Zero W are armv6; their /proc/cpuinfo says v6l."""
    with contextlib.suppress(OSError):
        if "(v6l)" in (root / "proc/cpuinfo").read_text(errors="replace"):
            return "armv6"
    return "armv7"


def _in_tree(root: Path, name: str) -> Path:
    """Follow links as the tree's own machine would: an absolute one begins at *root*."""
    path = root
    parts = name.split("/")
    for _ in range(20):
        if not parts:
            break
        part = parts.pop(0)
        if part == "..":
            path = path.parent if path != root else root
            continue
        path = path / part
        if path.is_symlink():
            target = str(path.readlink())
            parts = [*target.strip("/").split("/"), *parts]
            path = root if target.startswith("/") else path.parent
    return path
