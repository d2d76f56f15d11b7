"""``audio-rtsp serve``: the built-in RTSP server alone."""

from __future__ import annotations

import os
import sys

import click

from audio_rtsp.errors import PortTaken
from audio_rtsp.facts.ports import listener
from audio_rtsp.rtsp.serve import PASSWORD_VARIABLE, USER_VARIABLE, ServeOptions
from audio_rtsp.rtsp.serve import serve as run_server

_DEFAULT = ServeOptions()
_PORT = click.IntRange(0, 65535)


@click.command(
    epilog=f"Readers are asked for a password when {USER_VARIABLE} and {PASSWORD_VARIABLE} are set in the environment."
)
@click.option(
    "--rtsp-port",
    type=_PORT,
    default=_DEFAULT.rtsp_port,
    show_default=True,
    help="TCP port for publishers and readers.",
)
@click.option(
    "--api-port", type=_PORT, default=_DEFAULT.api_port, show_default=True, help="HTTP API, on loopback only."
)
@click.option(
    "--udp-port", type=_PORT, default=_DEFAULT.udp_port, show_default=True, help="Even; the next one is used, too."
)
@click.option("--no-udp", is_flag=True, help="Serve over TCP only.")
@click.option("--publish-from-anywhere", is_flag=True, help="Let other machines publish, not only this one.")
@click.option(
    "--gap-seconds",
    type=click.FloatRange(0, 86400),
    default=_DEFAULT.gap_seconds,
    show_default=True,
    help="How long readers are kept while their publisher is away.",
)
def serve(
    rtsp_port: int,
    api_port: int,
    udp_port: int,
    no_udp: bool,
    publish_from_anywhere: bool,
    gap_seconds: float,
) -> None:
    """Run the built-in RTSP server until Ctrl-C; any ffmpeg on this machine may publish to it."""
    options = ServeOptions(
        rtsp_port=rtsp_port,
        api_port=api_port,
        udp=not no_udp,
        udp_port=udp_port,
        publish_from_anywhere=publish_from_anywhere,
        gap_seconds=gap_seconds,
        read_user=os.environ.get(USER_VARIABLE, ""),
        read_password=os.environ.get(PASSWORD_VARIABLE, ""),
    )
    try:
        sys.exit(run_server(options))
    except PortTaken as error:  # the server alone does not look at other programs
        raise PortTaken(error.port, error.setting, listener(error.port)) from None
