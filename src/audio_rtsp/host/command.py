"""The one door for child processes: no shell, a built environment, an own process group, death with the parent.

Start children from the main thread only: the kernel sends the death signal when the *thread* that forked ends
(prctl(2), PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audio_rtsp.errors import ProgramMissing

DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL", "--")
"""util-linux; keeps the pid, so that the child is the program itself."""

NOT_FOR_CHILDREN = ("AUDIO_RTSP_", "RTSP_", "MTX_", "NOTIFY_SOCKET", "WATCHDOG_", "LISTEN_")
"""Our own settings (a password may be among them), MediaMTX's overrides, and systemd's channels to us alone."""


PACKAGES = {"arecord": "alsa-utils", "amixer": "alsa-utils", "setpriv": "util-linux"}
"""Debian's name of the package where it is not the program's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a short command ended; code None = it took too long and was killed."""

    code: int | None
    stdout: str
    stderr: str


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment every child gets: ours without what is not for it, and plain English messages."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(NOT_FOR_CHILDREN)}
    return kept | {"LC_ALL": "C"} | dict(extra or {})


def require_program(program: str) -> str:
    """Path of *program*; raises ProgramMissing with the Debian package that brings it."""
    path = shutil.which(program)
    if path is None:
        raise ProgramMissing(program, PACKAGES.get(program, program))
    return path


def open_process(
    argv: Sequence[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
    stderr: int = subprocess.DEVNULL,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start *argv* (its program looked up on PATH); raises ProgramMissing, or OSError when the machine is full."""
    for program in (DIE_WITH_PARENT[0], argv[0]):
        require_program(program)
    whole = (*DIE_WITH_PARENT, *argv)
    built = child_environment(env)
    return subprocess.Popen(whole, stdin=stdin, stdout=stdout, stderr=stderr, env=built, process_group=0)


def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Finished:
    """Run a short command to its end and keep what it said; blocks up to *timeout* seconds."""
    process = open_process(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    with process:
        try:
            stdout, stderr = process.communicate(timeout=timeout)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            _kill_group(process)
            stdout, stderr = process.communicate()
            code = None
    return Finished(code=code, stdout=stdout.decode(errors="replace"), stderr=stderr.decode(errors="replace"))


async def run_async(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Finished:
    """As :func:`run`, with the event loop free meanwhile."""
    process = open_process(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    reading = asyncio.get_running_loop().run_in_executor(None, process.communicate)
    code: int | None = None
    try:
        async with asyncio.timeout(timeout):
            stdout, stderr = await asyncio.shield(reading)
            code = process.returncode
    except TimeoutError:
        _kill_group(process)
        stdout, stderr = await reading
    except asyncio.CancelledError:
        _kill_group(process)
        await reading
        raise
    return Finished(code=code, stdout=stdout.decode(errors="replace"), stderr=stderr.decode(errors="replace"))


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """The command and what it started: a grandchild that holds its output open would keep us waiting."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
