"""One running QEMU: dies with the lab, and its last words are kept."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from lab.command import DIES_WITH_US
from lab.errors import GuestStuck, LabError, QemuEnded
from lab.machine.load import Work, parse_work
from lab.machine.qemu import DROPPED, SERIAL
from lab.priority import raise_session

END_LIMIT = 10.0
DYING_SECONDS = 1.0
"""From a closed socket to the end of its process."""

TAIL_LINES = 25
WORDS = "qemu.err"


class QemuProcess:
    """QEMU in *folder*: its sockets, its serial log and its own words are files there."""

    def __init__(self, argv: tuple[str, ...], folder: Path) -> None:
        self.folder = folder
        with (folder / WORDS).open("ab") as words:
            self._process = subprocess.Popen(
                (*DIES_WITH_US, *argv),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd=folder,
                start_new_session=True,
            )
        raise_session(self._process.pid)

    @property
    def pid(self) -> int:
        """setpriv's own, which QEMU keeps."""
        return self._process.pid

    def kill(self) -> None:
        """The power cut: nothing is written back, nobody is told."""
        self._process.kill()
        self._process.wait(END_LIMIT)

    def wait(self) -> None:
        """Wait for the end that was asked for; kill after a while."""
        try:
            self._process.wait(END_LIMIT)
        except subprocess.TimeoutExpired:
            self.kill()

    def stuck(self, waited_for: str, seconds: float) -> LabError:
        """What to raise when that did not come within *seconds*: a guest that hangs, or a QEMU that has ended."""
        code = self._process.poll()
        if code is not None:
            return QemuEnded(waited_for, code, self.last_words())
        return GuestStuck(f"{waited_for} within {seconds:g} s", self.last_words())

    @contextlib.contextmanager
    def answering(self, what: str) -> Iterator[None]:
        """Raises GuestStuck or QemuEnded for a socket of QEMU that is silent or closed in the body."""
        begin = time.monotonic()
        try:
            yield
        except TimeoutError:
            raise self.stuck(what, round(time.monotonic() - begin, 1)) from None
        except (EOFError, OSError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(DYING_SECONDS)
            raise self.stuck(what, round(time.monotonic() - begin, 1)) from None

    def dropped(self) -> int:
        """How often QEMU threw 60 ms of a microphone away, because guest or host were late."""
        return (self.folder / WORDS).read_bytes().count(DROPPED)

    def work(self) -> Work:
        """What it did and waited for so far; zeros where the kernel does not count."""
        return parse_work(_text(path) for path in Path(f"/proc/{self.pid}/task").glob("*/schedstat"))

    def last_words(self) -> str:
        """The end of the serial log, and what QEMU itself complained about, but for what usb-redir tells of itself."""
        return "\n".join((*_tail(self.folder / SERIAL), *_tail(self.folder / WORDS, without="usb-redir:")))


def _text(path: Path) -> str:
    """A thread may just have ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


def _tail(path: Path, without: str = "\n") -> list[str]:
    """The last lines that are not empty and hold no such word."""
    lines = path.read_text("utf-8", errors="replace").splitlines() if path.exists() else []
    return [line for line in lines if line.strip() and without not in line][-TAIL_LINES:]
