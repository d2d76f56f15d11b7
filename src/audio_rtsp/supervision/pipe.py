"""The kernel pipe between a capture and an encoder; both ends are held by us, so that either can be replaced alone.

Traps: docs/why/continuity.md.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import struct
import termios

from audio_rtsp.alsa.pcm_format import PIPE_BUF, PcmFormat

WANTED_CAPACITY = 1 << 20
"""Bytes: 11.9 s of 44.1 kHz mono. The kernel gives one user 64 of these (fs.pipe-user-pages-soft)."""


class SoundPipe:
    """Raw sound in whole frames; making one raises OSError. Both ends are for children and stay blocking.

    O_NONBLOCK belongs to the open file description, which children share: our own reading and writing goes
    through descriptions of our own.
    """

    def __init__(self, pcm: PcmFormat) -> None:
        self.pcm = pcm
        self._own_reading = self._own_writing = -1
        self.reading_end, self.writing_end = os.pipe2(os.O_CLOEXEC)
        try:
            self.capacity = self._enlarge()
            self._own_reading = _reopen(self.reading_end, os.O_RDONLY)
            self._own_writing = _reopen(self.writing_end, os.O_WRONLY)
        except OSError:
            self.close()
            raise
        whole = PIPE_BUF - PIPE_BUF % pcm.frame_bytes
        self._silence = bytes(whole)

    @property
    def backlog(self) -> int:
        """Bytes that wait for the encoder (FIONREAD)."""
        if self.reading_end < 0:
            return 0
        (size,) = struct.unpack("i", fcntl.ioctl(self.reading_end, termios.FIONREAD, b"\0\0\0\0"))
        return int(size)

    @property
    def is_full(self) -> bool:
        """Whether a writer would block: pages are its slots, and most periods do not fill theirs (pipe(7))."""
        if self._own_writing < 0:
            return False
        writing = select.poll()
        writing.register(self._own_writing, select.POLLOUT)
        return not writing.poll(0)

    def write_silence(self, size_bytes: int) -> int:
        """Write that much silence, whole frames in pieces that the pipe takes whole; returns what fitted."""
        written = 0
        with contextlib.suppress(BlockingIOError):
            while written < size_bytes and self._own_writing >= 0:
                written += os.write(self._own_writing, self._silence[: size_bytes - written])
        return written

    def complete_frame(self, size_bytes: int) -> None:
        """Complete the frame that a capture left unfinished after *size_bytes*, or all that follows would be noise."""
        rest = size_bytes % self.pcm.frame_bytes
        if rest and self._own_writing >= 0:
            with contextlib.suppress(BlockingIOError):
                os.write(self._own_writing, bytes(self.pcm.frame_bytes - rest))

    def drop(self, size_bytes: int) -> int:
        """Throw away the oldest sound, whole frames; returns what was there to throw."""
        dropped = 0
        with contextlib.suppress(BlockingIOError):
            while dropped < size_bytes and (data := self._read(min(size_bytes - dropped, len(self._silence)))):
                dropped += len(data)
        return dropped

    def _read(self, size_bytes: int) -> bytes:
        return os.read(self._own_reading, size_bytes) if self._own_reading >= 0 else b""

    def close_writing(self) -> None:
        """Nothing more will come: an encoder that has read what waits sees the end."""
        self.writing_end = _close(self.writing_end)
        self._own_writing = _close(self._own_writing)

    def close(self) -> None:
        """Close all our ends."""
        self.close_writing()
        self.reading_end = _close(self.reading_end)
        self._own_reading = _close(self._own_reading)

    def _enlarge(self) -> int:
        with contextlib.suppress(OSError):  # past the user's share: what the pipe has must do
            return fcntl.fcntl(self.writing_end, fcntl.F_SETPIPE_SZ, WANTED_CAPACITY)
        return fcntl.fcntl(self.writing_end, fcntl.F_GETPIPE_SZ)


def _reopen(descriptor: int, mode: int) -> int:
    """The same pipe end under an open file description of our own, which does not block."""
    return os.open(f"/proc/self/fd/{descriptor}", mode | os.O_NONBLOCK | os.O_CLOEXEC)


def _close(descriptor: int) -> int:
    if descriptor >= 0:
        os.close(descriptor)
    return -1
