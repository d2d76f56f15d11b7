"""Programs of the host that are run to their end: no shell, a time limit, death with the lab."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.errors import CommandFailed

DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")
"""util-linux; the signal comes when the *thread* that started the program ends, so start from the main one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a program left: exit code (negative: the signal), standard output and error apart."""

    code: int
    stdout: str
    stderr: str


def run(
    argv: Sequence[str | Path],
    *,
    timeout: float,
    environ: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    cwd: Path | None = None,
) -> Answer:
    """Run to the end; raises CommandFailed for any exit code but 0, and when the time is over."""
    answer = ask(argv, timeout=timeout, environ=environ, stdin=stdin, cwd=cwd)
    if answer.code != 0:
        raise CommandFailed(" ".join(map(str, argv))[:300], answer.code, answer.stderr or answer.stdout)
    return answer


def ask(
    argv: Sequence[str | Path],
    *,
    timeout: float,
    environ: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    cwd: Path | None = None,
) -> Answer:
    """Like run, but every exit code is an answer; 124 when the time is over."""
    process = subprocess.Popen(
        (*DIES_WITH_US, *argv),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C"} if environ is None else dict(environ),
        cwd=cwd,
        start_new_session=True,
    )
    try:
        stdout, stderr = process.communicate(stdin, timeout)
    except subprocess.TimeoutExpired:
        return Answer(code=124, stdout="", stderr=f"not done after {timeout:g} s{_end(process)}")
    except BaseException:
        _end(process)
        raise
    return Answer(code=process.returncode, stdout=_text(stdout), stderr=_text(stderr))


def _end(process: subprocess.Popen[bytes]) -> str:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return ""


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")
