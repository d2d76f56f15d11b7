"""Run the program and kill it, with SIGKILL, before its Nth change of a file below a folder.

Every change that a Python program makes goes through an audit event (PEP 578): open, mkdir, rename, link, symlink,
remove. One warm process forks for each run, so that a walk over all changes takes seconds.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHANGES = {"open", "os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.truncate", "os.chmod"}
CHANGING = os.O_WRONLY | os.O_RDWR | os.O_DIRECTORY
"""A folder is opened to be synchronised."""


class Killing:
    """The warm process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def kills(self, number: int) -> bool:
        """Run the command, and kill it before its change *number* (0 = never); False when it ended well before."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        assert code in (0, -signal.SIGKILL), f"the command failed with {code}"
        return code != 0


@contextmanager
def killing(folder: Path, words: list[str], environ: dict[str, str]) -> Iterator[Killing]:
    """``audio-rtsp WORDS``, whose changes below *folder* are counted."""
    environ = environ | {"PYTHONPATH": f"{environ['PYTHONPATH']}:{Path(__file__).parents[2]}"}
    argv = [sys.executable, "-m", "process.releases.killing", str(folder), *words]
    with subprocess.Popen(argv, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Killing(process)
        process.communicate()


def _die_before(number: int, folder: str) -> None:
    left = [number]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in CHANGES or not any(str(one).startswith(folder) for one in arguments[:2]):
            return
        if event == "open" and not arguments[2] & CHANGING:
            return
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _run(number: int, folder: str, words: list[str]) -> int:
    from audio_rtsp.cli.main import main

    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    _die_before(number, folder)
    try:
        main(words)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    os._exit(99)


def _serve(folder: str, words: list[str]) -> None:
    import audio_rtsp.cli.verbs.mediamtx  # noqa: F401  # warm

    for line in sys.stdin:
        print(_run(int(line), folder, words), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2:])
