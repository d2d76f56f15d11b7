"""Where a running program is found: its lock and its control socket, made anew when somebody removed them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from audio_rtsp.control.listener import ControlListener
from audio_rtsp.errors import NotWritable, why
from audio_rtsp.host.lock import InstanceLock


class Foothold:
    """The folder of one running program; *tell* gets each trouble once, and that it is over."""

    def __init__(
        self, folder: Path, lock: InstanceLock, listener: ControlListener, tell: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._lock = lock
        self._listener = listener
        self._tell = tell
        self._told = ""
        self._is_left = False

    def take(self) -> None:
        """Listen for the first time. Raises NotWritable."""
        try:
            self._listener.listen()
        except OSError as error:
            raise NotWritable(str(self._folder), error) from None

    async def leave(self) -> None:
        """Listen no more."""
        self._is_left = True
        await self._listener.stop()

    def keep(self) -> None:
        """Two looks at two names; only where one is missing is anything done."""
        if self._is_left:
            return
        if not (self._lock.is_in_place() and self._listener.is_in_place()):
            self._tell_once(self._renew())
        else:
            self._told = ""

    def _renew(self) -> str:
        """What came of it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not self._lock.keep():
                return f"another audio-rtsp runs beside this one (pid {self._lock.holder()}): end one of them"
            self._listener.listen()
        except OSError as error:
            return (
                f"{self._folder} was removed and cannot be made again ({why(error)}): streams go on, and nobody finds "
                "them; start it anew: sudo systemctl restart audio-rtsp, or Ctrl-C where it runs"
            )
        return f"{self._folder} was removed; it is made anew"

    def _tell_once(self, text: str) -> None:
        if text != self._told:
            self._told = text
            self._tell(text)
