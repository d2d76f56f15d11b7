"""script/lab, wherever and by whomever it is called."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from field.command import exit_code_of
from lab.image.apt import PrivateApt

ROOT = Path(__file__).resolve().parents[3]
PYTHON = '#!/bin/sh\nprintf "%s\\n" "$0" "$PATH" "$*"\n'


@pytest.mark.parametrize("name", ["lab", "bench"])
def test_a_clone_is_found_in_a_folder_with_a_blank_and_in_spite_of_cdpath(tmp_path: Path, name: str) -> None:
    clone = clone_of(tmp_path, name)
    said = called(f"script/{name}", cwd=clone, CDPATH=".:/tmp")
    assert said[0] == str(clone / ".venv/bin/python") and said[2].endswith(" kettle")


def test_root_by_su_finds_what_is_in_sbin(tmp_path: Path) -> None:
    said = called("script/lab", cwd=clone_of(tmp_path, "lab"))
    assert said[1] == "/usr/bin:/bin:/usr/sbin:/sbin"


def test_a_fresh_clone_is_set_up_first(tmp_path: Path) -> None:
    clone = clone_of(tmp_path, "lab")
    (clone / ".venv").rename(tmp_path / "made")
    setup = clone / "script/setup"
    setup.write_text('#!/bin/sh\nprintf "set up <%s>\\n" "$*"\nmv ../made .venv\n')
    said = called("script/lab", "--yes", cwd=clone)
    assert said[0] == "set up <--yes>" and said[1] == str(clone / ".venv/bin/python")


def test_what_the_set_up_lacks_ends_it(tmp_path: Path) -> None:
    clone = clone_of(tmp_path, "lab")
    (clone / "script/setup").write_text("#!/bin/sh\necho 'it lacks this' >&2\nexit 1\n")
    done = call("script/lab", cwd=clone)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "it lacks this\n")


def test_a_reader_that_has_gone_is_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    argv = (sys.executable, "-P", "-m", "field", "--list")
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests/lab'}"}
    done = subprocess.run(argv, env=environ, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_cache_that_is_full_or_no_folder_is_told_with_its_fix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")

    def refresh() -> int:
        PrivateApt(tmp_path / "file/apt").refresh()
        return 0

    assert exit_code_of(refresh) == 1
    assert "file/apt" in (said := capsys.readouterr().err) and "--cache DIR" in said


def test_a_fault_of_the_lab_itself_keeps_its_traceback() -> None:
    def act() -> int:
        raise FileNotFoundError(errno.ENOENT, "no such file")

    with pytest.raises(FileNotFoundError):
        exit_code_of(act)


def clone_of(folder: Path, name: str) -> Path:
    """With a Python that tells how it was called, and nothing left to set up."""
    clone = folder / "a clone"
    for part in ("script", ".venv/bin"):
        (clone / part).mkdir(parents=True)
    shutil.copy(ROOT / "script" / name, clone / "script")
    for program, text in ((clone / ".venv/bin/python", PYTHON), (clone / "script/setup", "#!/bin/sh\n")):
        program.write_text(text)
        program.chmod(0o755)
    return clone


def called(script: str, *words: str, cwd: Path, **environ: str) -> list[str]:
    done = call(script, *words, cwd=cwd, **environ)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def call(script: str, *words: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    argv = (script, *words, "kettle")
    return subprocess.run(argv, cwd=cwd, env={"PATH": "/usr/bin:/bin", **environ}, capture_output=True, text=True)
