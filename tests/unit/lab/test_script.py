"""script/lab, wherever and by whomever it is called."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "script"
PYTHON = '#!/bin/sh\nprintf "%s\\n" "$0" "$PATH" "$*"\n'


@pytest.mark.parametrize("name", ["lab", "bench"])
def test_a_clone_is_found_in_a_folder_with_a_blank_and_in_spite_of_cdpath(tmp_path: Path, name: str) -> None:
    clone = clone_of(tmp_path, name)
    said = called(f"script/{name}", cwd=clone, CDPATH=".:/tmp")
    assert said[0] == str(clone / ".venv/bin/python") and said[2].endswith(" kettle")


def test_root_by_su_finds_what_is_in_sbin(tmp_path: Path) -> None:
    said = called("script/lab", cwd=clone_of(tmp_path, "lab"))
    assert said[1] == "/usr/bin:/bin:/usr/sbin:/sbin"


def clone_of(folder: Path, name: str) -> Path:
    """With a Python that tells how it was called."""
    clone = folder / "a clone"
    for part in ("script", ".venv/bin"):
        (clone / part).mkdir(parents=True)
    shutil.copy(SCRIPTS / name, clone / "script")
    python = clone / ".venv/bin/python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    return clone


def called(script: str, *, cwd: Path, **environ: str) -> list[str]:
    argv = (script, "kettle")
    done = subprocess.run(argv, cwd=cwd, env={"PATH": "/usr/bin:/bin", **environ}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
