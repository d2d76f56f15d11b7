"""What every media server is to the rest of the program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from audio_rtsp.server.path import PathState


class ServerAway(Exception):
    """Nobody answers: the server is not there, or does not speak. *is_unasked*: we lacked what it takes to ask it."""

    def __init__(self, words: str, *, is_unasked: bool = False) -> None:
        super().__init__(words)
        self.is_unasked = is_unasked


class MediaServer(Protocol):
    """A server that takes our streams; every backend answers the same questions."""

    name: str
    rtsp_port: int

    async def start(self) -> None:
        """Make it run, and keep it running until :meth:`stop`; raises PortTaken or ServerFailed at the first start."""

    async def stop(self) -> None:
        """End it, bounded."""

    async def paths(self) -> Mapping[str, PathState]:
        """All paths by name; raises ServerAway."""

    async def dismiss(self, path: str) -> None:
        """Let go of everybody who still reads a path that will not come back."""

    def judge_silence(self) -> None:
        """A question was not answered: replace it when it hangs; one that we did not start is left alone."""
