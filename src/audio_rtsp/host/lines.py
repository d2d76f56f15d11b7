"""What a child says, kept until somebody asks: complete lines, bounded."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from collections import deque
from itertools import takewhile

READ_SIZE = 65536
MOST_READS = 16
"""At a time: a child that floods must not keep us reading for ever; a pipe holds one read (pipe(7))."""
KEPT_LINES = 200
LONGEST_LINE = 4096


class Lines:
    """The reading end of a pipe that a child writes text into.

    Reads only when asked, so that a talking child wakes nobody. ``writing_end`` goes to the child and is
    closed with :meth:`close_writing_end` after the fork.
    """

    def __init__(self) -> None:
        self._reading_end, self.writing_end = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._reading_end, False)
        self._rest = b""
        self.bytes_read = 0

    @property
    def bytes_said(self) -> int:
        """What came so far, also what waits to be read (FIONREAD)."""
        if self._reading_end < 0:
            return self.bytes_read
        (waiting,) = struct.unpack("i", fcntl.ioctl(self._reading_end, termios.FIONREAD, b"\0\0\0\0"))
        return self.bytes_read + int(waiting)

    def close_writing_end(self) -> None:
        """The child has its copy; without this the end of file never comes."""
        os.close(self.writing_end)

    def take(self) -> tuple[str, ...]:
        """The lines that came since the last time; of a flood only the last 200, each cut at 4,096 bytes."""
        kept: deque[bytes] = deque(maxlen=KEPT_LINES)
        for data in takewhile(bool, (self._read() for _ in range(MOST_READS))):
            self.bytes_read += len(data)
            *lines, rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
            self._rest = rest[:LONGEST_LINE]
            kept.extend(line[:LONGEST_LINE] for line in lines if line.strip())
        return tuple(line.decode(errors="replace").rstrip() for line in kept)

    def take_all(self) -> tuple[str, ...]:
        """As :meth:`take`, and the unfinished line too: for a child that has ended."""
        lines = self.take()
        rest, self._rest = self._rest, b""
        return (*lines, rest.decode(errors="replace").rstrip()) if rest.strip() else lines

    def close(self) -> None:
        """Give the descriptor back."""
        if self._reading_end >= 0:
            os.close(self._reading_end)
            self._reading_end = -1

    def _read(self) -> bytes:
        try:
            return os.read(self._reading_end, READ_SIZE) if self._reading_end >= 0 else b""
        except BlockingIOError:
            return b""
