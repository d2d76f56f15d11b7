"""How the built-in server is run as a child of ours."""

from __future__ import annotations

import sys

from audio_rtsp.server.child import ServerCommand


def builtin_command(
    *, rtsp_port: int, api_port: int, gap_seconds: float, read_user: str, read_password: str
) -> ServerCommand:
    """``audio-rtsp serve`` without the command line's packages; the password goes by the environment."""
    return ServerCommand(
        name="embedded",
        rtsp_port=rtsp_port,
        api_port=api_port,
        argv=(
            *(sys.executable, "-m", "audio_rtsp.rtsp.serve"),
            *("--rtsp-port", str(rtsp_port)),
            *("--api-port", str(api_port)),
            *("--gap-seconds", str(gap_seconds)),
        ),
        env={"AUDIO_RTSP_RTSP_READ_USER": read_user, "AUDIO_RTSP_RTSP_READ_PASSWORD": read_password},
        greeting="listening: ",
        gap_seconds=gap_seconds,
    )
