"""A machine with a folder for MediaMTX, on which ``audio-rtsp mediamtx`` is typed as an owner would."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src"
ELF = {"amd64": 62, "arm64": 183, "arm": 40, "riscv64": 243}


@dataclass
class Box:
    folder: Path
    tree: Path
    environ: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, place: Path, releases_url: str, ca: Path) -> Box:
        tree = place / "tree"
        (tree / "etc/audio-rtsp").mkdir(parents=True)
        (tree / "bin").mkdir()
        box = cls(folder=place / "mediamtx", tree=tree)
        box.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(place),
            "PYTHONPATH": str(SOURCE),
            "SSL_CERT_FILE": str(ca),
            "AUDIO_RTSP_MEDIAMTX_RELEASES_URL": releases_url,
            "no_proxy": "localhost",
        }
        box.runs("amd64")
        return box

    def runs(self, machine: str, cpu: str = "") -> None:
        """What the shell of the other machine's tree is made for."""
        header = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00" + ELF[machine].to_bytes(2, "little")
        (self.tree / "bin/sh").write_bytes(header)
        (self.tree / "proc").mkdir(exist_ok=True)
        (self.tree / "proc/cpuinfo").write_text(cpu)

    def type(self, *words: str, root: bool = False, stdin: str = "", umask: int = 0o022, columns: int = 1000) -> Typed:
        """Type ``audio-rtsp mediamtx WORDS``; with *root* about the other machine's tree. The terminal is wide."""
        verb, *rest = words
        config = ["--root", str(self.tree)] if root else ["--config-dir", str(self.tree / "etc/audio-rtsp")]
        argv = [sys.executable, "-W", "error", "-m", "audio_rtsp", *config, "mediamtx", verb, "--to", str(self.folder)]
        environ = {**self.environ, "COLUMNS": str(columns)}
        end = subprocess.run(
            [*argv, *rest], env=environ, input=stdin, capture_output=True, text=True, timeout=50, umask=umask
        )
        return Typed(end.returncode, end.stdout, end.stderr)

    def install(self, *words: str) -> Typed:
        """Unattended."""
        return self.type("install", "-y", *words)

    @property
    def version(self) -> str:
        """What the program in use says; empty when there is none that works."""
        try:
            end = subprocess.run([self.folder / "mediamtx", "--version"], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return ""
        return end.stdout.strip()

    def listing(self) -> dict[str, bytes]:
        """Everything that is in the folder but for the lock."""
        files = [there for there in sorted(self.folder.rglob("*")) if there.name != ".lock"]
        return {
            str(there.relative_to(self.folder)): bytes(there.readlink()) if there.is_symlink() else there.read_bytes()
            for there in files
            if there.is_symlink() or there.is_file()
        }


@dataclass(frozen=True)
class Typed:
    """How a command ended."""

    code: int
    out: str
    err: str
