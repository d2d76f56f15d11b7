"""What an image is made of, and the key that says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.image.apt import Package

HERE = Path(__file__).parent
MODULES = ("build", "configuration", "initrd", "kernel", "rootfs")
"""Those whose text decides what is in the image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The packages in their versions, and the text of the modules that build."""

    essential: tuple[Package, ...]
    packages: tuple[Package, ...]

    @property
    def key(self) -> str:
        """Changes with any version and with any line of the build."""
        lines = [package.file_name for package in self.packages]
        return digest([*lines, *((HERE / f"{name}.py").read_text("utf-8") for name in MODULES)])


def digest(texts: Iterable[str]) -> str:
    """A short name for *texts*."""
    total = hashlib.sha256()
    for text in texts:
        total.update(text.encode())
        total.update(b"\0")
    return total.hexdigest()[:16]
