"""Requests to the monitor, which has the right to do so: re-enumerate a USB device, as if it were plugged anew."""

from __future__ import annotations

from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.status import UsbReset

BY_HAND = "asked for by hand"
MUTE = "gives no sound"
NOT_USB = "it is no USB device"


class UsbResets:
    """The open request of one stream; it ends when the device has come anew, or gives sound after it was mute."""

    def __init__(self) -> None:
        self._number = 0
        self._cause = ""
        self._asked_at = 0.0

    def ask(self, cause: str) -> None:
        """A new request takes the place of the one before."""
        self._number, self._cause, self._asked_at = self._number + 1, cause, loop_time()

    def device_came(self) -> None:
        """It was re-enumerated, by whomever."""
        self._cause = ""

    def sound_flows(self) -> None:
        """What was mute is well again; what was asked for by hand still counts."""
        if self._cause == MUTE:
            self._cause = ""

    @property
    def open(self) -> UsbReset | None:
        """The request that nobody has served."""
        if not self._cause:
            return None
        seconds = loop_time() - self._asked_at
        return UsbReset(number=self._number, cause=self._cause, seconds=round(seconds, 1))
