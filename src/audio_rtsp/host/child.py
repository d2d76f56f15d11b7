"""One long-lived child process: its death comes by pidfd, its stop is bounded and always ends in a reap."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from audio_rtsp.host.command import open_process
from audio_rtsp.host.lines import Lines

REAP_LIMIT = 3.0
"""Seconds that a killed process may take to end (it can hang in the kernel, in a dead USB device)."""


class Child:
    """A running program. Its words are kept in ``says`` (stderr) and ``reports`` (stdout, when asked for)."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        says: Lines,
        reports: Lines | None,
        before_reap: Callable[[int], None] | None = None,
    ) -> None:
        self._process = process
        self._before_reap = before_reap
        self.says = says
        self.reports = reports
        loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[int] = loop.create_future()
        self._pidfd = os.pidfd_open(process.pid)
        try:
            loop.add_reader(self._pidfd, self._reap)
        except OSError:
            os.close(self._pidfd)
            raise

    @classmethod
    def start(
        cls,
        argv: Sequence[str],
        *,
        stdin: int = subprocess.DEVNULL,
        stdout: int | None = None,
        env: Mapping[str, str] | None = None,
        before_reap: Callable[[int], None] | None = None,
    ) -> Child:
        """Start *argv*; without *stdout* its standard output is kept in ``reports``. Raises as ``open_process``.

        *before_reap* is called with the pid when it has ended and /proc still knows it.
        """
        with contextlib.ExitStack() as undo:
            says = _lines(undo)
            reports = _lines(undo) if stdout is None else None
            out = reports.writing_end if reports else stdout
            process = open_process(argv, stdin=stdin, stdout=out or 0, stderr=says.writing_end, env=env)
            undo.callback(_abandon, process)
            child = cls(process, says, reports, before_reap)
            undo.pop_all()
        for lines in (says, reports):
            if lines:
                lines.close_writing_end()
        return child

    @property
    def pid(self) -> int:
        """The program's own pid; stays ours until it is reaped."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not been reaped."""
        return not self.exited.done()

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing when it has ended."""
        if self.is_running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def stop(self, *gently: tuple[signal.Signals, float]) -> int | None:
        """Send each signal and give its seconds, then KILL; None when even that did not end it in time."""
        for number, grace in (*gently, (signal.SIGKILL, REAP_LIMIT)):
            self.send(number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    return await asyncio.shield(self.exited)
        return None

    async def exited_or(self, event: asyncio.Event) -> None:
        """Return when it has ended or *event* is set."""
        other = asyncio.ensure_future(event.wait())
        try:
            either: list[asyncio.Future[Any]] = [self.exited, other]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            other.cancel()

    def close(self) -> None:
        """Give back the descriptors of its words, when they were taken; should it still end, then nobody listens."""
        self._before_reap = None
        self.says.close()
        if self.reports:
            self.reports.close()

    def _reap(self) -> None:
        if self._before_reap:
            self._before_reap(self.pid)
        code = self._process.poll()
        if code is None:
            return
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        if not self.exited.done():
            self.exited.set_result(code)


def _lines(undo: contextlib.ExitStack) -> Lines:
    lines = Lines()
    undo.callback(lines.close)
    undo.callback(lines.close_writing_end)
    return lines


def _abandon(process: subprocess.Popen[bytes]) -> None:
    """One that nobody will watch: no descriptor was left for its pidfd."""
    process.kill()
    process.wait()
