"""The one door for child processes: no shell, a built environment, an own process group, death with the parent.

Start children from the main thread only: the kernel sends the death signal when the *thread* that forked ends
(prctl(2), PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audio_rtsp.errors import ProgramMissing

DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL", "--")
"""util-linux; keeps the pid, so that the child is the program itself."""

NOT_FOR_CHILDREN = ("AUDIO_RTSP_", "RTSP_", "MTX_", "NOTIFY_SOCKET", "WATCHDOG_", "LISTEN_")
"""Our own settings (a password may be among them), MediaMTX's overrides, and systemd's channels to us alone."""


PACKAGES = {"arecord": "alsa-utils", "amixer": "alsa-utils", "setpriv": "util-linux"}
"""Debian's name of the package where it is not the program's."""

MOST_SAID = 1 << 20
"""Bytes; a command whose answer is longer is broken, and would fill our memory."""
READ_SIZE = 65536
REAP_LIMIT = 3.0
"""Seconds that a killed command may take to end: one that asks a dead USB device can hang in the kernel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a short command ended; code None = it took too long, or said too much, and was killed."""

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


def run(argv: Sequence[str], *, timeout: float) -> Finished:
    """Run a short command to its end and keep what it said; blocks up to *timeout* seconds."""
    return _hear(open_process(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE), timeout)


async def run_async(argv: Sequence[str], *, timeout: float) -> Finished:
    """As :func:`run`, with the event loop free meanwhile; OSError too when there is no thread for it."""
    process = open_process(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        hearing = asyncio.get_running_loop().run_in_executor(None, _hear, process, timeout)
    except RuntimeError:  # the machine has no thread to spare
        _kill_group(process)
        _hear(process, timeout)
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from None
    try:
        return await asyncio.shield(hearing)
    except asyncio.CancelledError:
        _kill_group(process)
        await hearing
        raise


def _hear(process: subprocess.Popen[bytes], timeout: float) -> Finished:
    """Its answer; it is killed when that takes too long or grows too long, or cannot be read (OSError)."""
    end = time.monotonic() + timeout
    code: int | None = None
    stdout, stderr = said = (bytearray(), bytearray())
    try:
        _read(process, said, end)
        code = process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        _kill_group(process)
    except OSError:
        _kill_group(process)
        raise
    finally:
        _leave(process)
    return Finished(code=code, stdout=stdout.decode(errors="replace"), stderr=stderr.decode(errors="replace"))


def _leave(process: subprocess.Popen[bytes]) -> None:
    """Reap it; one that no signal ends is left to itself (the next start of a process reaps it)."""
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(REAP_LIMIT)


def _read(process: subprocess.Popen[bytes], said: tuple[bytearray, bytearray], end: float) -> None:
    """Read both outputs until they are closed; raises TimeoutExpired after *end*, and when there is too much."""
    with selectors.DefaultSelector() as selector:
        for pipe, kept in zip((process.stdout, process.stderr), said, strict=True):
            selector.register(pipe or -1, selectors.EVENT_READ, kept)
        while selector.get_map():
            left = end - time.monotonic()
            ready = selector.select(max(0.0, left))
            if not ready or left < 0 or max(map(len, said)) > MOST_SAID:
                raise subprocess.TimeoutExpired(process.args, end)
            for key, _ in ready:
                data = os.read(key.fd, READ_SIZE)
                key.data.extend(data)
                if not data:
                    selector.unregister(key.fileobj)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """The command and what it started: a grandchild that holds its output open would keep us waiting."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
