"""Which media server takes the streams: the machine's own service, a MediaMTX of ours, or the built-in one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from audio_rtsp.config.settings import (
    API_PORT,
    GAP_FILL_SECONDS,
    MEDIAMTX_BIN,
    RTSP_PORT,
    RTSP_READ_PASSWORD,
    RTSP_READ_USER,
    SERVER,
    ServerChoice,
)
from audio_rtsp.config.values import Values
from audio_rtsp.facts.ports import free_port
from audio_rtsp.server.builtin.command import builtin_command
from audio_rtsp.server.child import ServerChild, ServerCommand
from audio_rtsp.server.mediamtx.command import mediamtx_command
from audio_rtsp.server.mediamtx.errors import MediaMtxMissing
from audio_rtsp.server.mediamtx.find import find_binary
from audio_rtsp.server.mediamtx.installed import InstalledServer, is_installed
from audio_rtsp.server.protocol import MediaServer


async def choose_server(
    settings: Callable[[], Values],
    *,
    root: Path,
    runtime: Path,
    on_restart: Callable[[str], None],
    on_failure: Callable[[str], None],
) -> MediaServer:
    """The machine's own service mediamtx, for our service always and for a user while it runs; else a child of ours.

    *settings* gives those in force now: the gap of our own server follows them. *on_restart* hears why a child was
    replaced, *on_failure* why one could not be. Raises MediaMtxMissing.
    """
    values = settings()
    installed = InstalledServer(values[RTSP_PORT], values[API_PORT])
    is_wanted = values[SERVER] is not ServerChoice.EMBEDDED and is_installed(root)
    if is_wanted and ("NOTIFY_SOCKET" in os.environ or await installed.is_up()):
        return installed
    child = ServerChild(server_command(values, runtime))
    child.on_restart, child.on_failure = on_restart, on_failure
    child.wanted_gap = lambda: settings()[GAP_FILL_SECONDS]
    return child


def server_command(values: Values, runtime: Path) -> ServerCommand:
    """The child that SERVER asks for; ``auto`` takes MediaMTX where it is found."""
    choice = values[SERVER]
    rtsp_port, api_port = values[RTSP_PORT], free_port(values[API_PORT])
    user, password = values[RTSP_READ_USER], values[RTSP_READ_PASSWORD]
    binary = None if choice is ServerChoice.EMBEDDED else find_binary(values[MEDIAMTX_BIN])
    if binary:
        return mediamtx_command(
            binary=binary,
            folder=runtime,
            rtsp_port=rtsp_port,
            api_port=api_port,
            read_user=user,
            read_password=password,
        )
    if choice is ServerChoice.MEDIAMTX:
        raise MediaMtxMissing(values[MEDIAMTX_BIN])
    gap = values[GAP_FILL_SECONDS]
    return builtin_command(
        rtsp_port=rtsp_port, api_port=api_port, gap_seconds=gap, read_user=user, read_password=password
    )
