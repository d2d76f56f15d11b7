"""An output that nobody may be reading: a terminal stopped by Ctrl-S, an ssh session whose network is gone, a pager."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from typing import TextIO

MOST_WAITING = 1000
"""Pieces that wait for a reader; what comes then is left out here, and stands in the logs."""
CLOSE_LIMIT = 0.5
"""Seconds that a reader gets for the last of it."""


class PatientOutput:
    """Writes into *stream* in a thread of its own; only :meth:`close` waits. As much of a file as rich needs."""

    def __init__(self, stream: TextIO) -> None:
        self.encoding = stream.encoding
        self._descriptor = stream.fileno()
        self._waiting: queue.Queue[bytes | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        """Have it written when the reader takes it."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(text.encode(self.encoding, "backslashreplace"))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self._descriptor)

    def fileno(self) -> int:
        """Its descriptor."""
        return self._descriptor

    def close(self) -> None:
        """Return when all is written, or after a moment; the stream stays open."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(CLOSE_LIMIT)

    def _run(self) -> None:
        with contextlib.suppress(OSError):  # who read it has gone
            while (data := self._waiting.get()) is not None:
                while data:
                    data = data[os.write(self._descriptor, data) :]
