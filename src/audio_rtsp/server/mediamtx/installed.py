"""MediaMTX under a unit of its own: we publish to it and ask it; systemd starts and stops it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from audio_rtsp.server.api import ControlApi
from audio_rtsp.server.path import PathState
from audio_rtsp.server.protocol import ServerAway

UNIT = Path("etc/systemd/system/mediamtx.service")


class InstalledServer:
    """A MediaServer that is not ours to run: while it is away the streams hold, and nothing is counted against them."""

    name = "mediamtx"

    def __init__(self, rtsp_port: int, api_port: int) -> None:
        self.rtsp_port = rtsp_port
        self._api = ControlApi(api_port)

    async def start(self) -> None:
        """Nothing: a service that waited here for another would not be ready without it."""

    async def stop(self) -> None:
        """Nothing: what the owner started is the owner's to stop."""

    async def paths(self) -> Mapping[str, PathState]:
        """All paths by name; raises ServerAway, with where its owner sees why."""
        try:
            return await self._api.paths()
        except ServerAway as away:
            if away.is_unasked:
                raise
            raise ServerAway(f"{away}; see: sudo systemctl status mediamtx") from None

    async def dismiss(self, path: str) -> None:
        """Let go of everybody who still reads a path that will not come back."""
        await self._api.dismiss(path)

    def judge_silence(self) -> None:
        """Nothing: the monitor replaces it when it hangs."""

    async def is_up(self) -> bool:
        """Whether it answers now."""
        try:
            await self.paths()
        except ServerAway:
            return False
        return True


def is_installed(root: Path) -> bool:
    """Whether the machine whose tree is *root* has MediaMTX as a service."""
    return (root / UNIT).exists()
