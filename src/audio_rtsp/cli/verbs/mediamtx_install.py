"""``audio-rtsp mediamtx install``: MediaMTX, and its configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from audio_rtsp.cli.answer import say_folded, tell_folded
from audio_rtsp.cli.mediamtx_installation import (
    careful_options,
    confirm_decision,
    folder_option,
    open_installation,
    releases_url,
    show_plan,
    stoppable,
    tell_result,
)
from audio_rtsp.cli.progress import make_progress
from audio_rtsp.cli.verbs.mediamtx_config import server_configuration
from audio_rtsp.facts.userland import read_userland
from audio_rtsp.server.mediamtx.ports import HIGHEST, Ports
from audio_rtsp.server.mediamtx.release.decision import Nothing
from audio_rtsp.server.mediamtx.release.install import Installer, changing
from audio_rtsp.server.mediamtx.release.installation import Installation
from audio_rtsp.server.mediamtx.release.order import NO_FORCE, Order, decision, plan, warnings, wish
from audio_rtsp.server.mediamtx.release.server import ReleaseServer
from audio_rtsp.server.mediamtx.release.version import NEWEST_TRIED
from audio_rtsp.server.mediamtx.release.web import Web

if TYPE_CHECKING:
    from audio_rtsp.cli.places import Places

F = TypeVar("F", bound=Callable[..., Any])
_PORT = click.IntRange(1, HIGHEST)
_PORT_OR_OFF = click.IntRange(0, HIGHEST)


def _ports(command: F) -> F:
    for name, what in (
        ("--metrics-port", "Port of its metrics."),
        ("--webrtc-port", "Port for browsers, WebRTC."),
        ("--hls-port", "Port for browsers, HLS."),
        ("--rtmp-port", "Port of RTMP."),
    ):
        command = click.option(name, type=_PORT_OR_OFF, help=f"{what} 0: off.")(command)
    return click.option("-p", "--rtsp-port", type=_PORT, help="Port of the RTSP streams.")(command)


@click.command()
@click.option("-v", "--version", metavar="VERSION", help=f"Which one, or latest. Without: v{NEWEST_TRIED}.")
@_ports
@click.option("--config-only", is_flag=True, help="Write its configuration only; download nothing.")
@click.option("--force-checksum", is_flag=True, help="Download and compare, also what is here already.")
@click.option("--skip-checksum", is_flag=True, help="Install what cannot be compared. At your own risk.")
@click.option(
    "--offline",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, resolve_path=True),
    metavar="FILE",
    help="Install from this file; its checksums.sha256 must lie beside it.",
)
@click.option("--force-install", is_flag=True, help="Also when this version is installed already.")
@click.option("--debug", is_flag=True, help="Show where in the program an error came from.")
@folder_option
@careful_options
@click.pass_obj
def install(
    places: Places,
    /,
    folder: Path | None,
    rtsp_port: int | None,
    rtmp_port: int | None,
    hls_port: int | None,
    webrtc_port: int | None,
    metrics_port: int | None,
    config_only: bool,
    debug: bool,
    dry_run: bool,
    yes: bool,
    **typed: Any,
) -> None:
    """Install, upgrade or downgrade MediaMTX.

    A version lies beside the others; one link says which is in use, so that rollback goes back at once. With -y an
    upgrade is made, a downgrade only to a version that you name; an unknown build is replaced only by a version that
    you name, or with --force-install.
    """
    if typed["force_checksum"] and typed["skip_checksum"]:
        raise click.UsageError("--force-checksum and --skip-checksum contradict each other")
    ports = Ports(rtsp=rtsp_port, rtmp=rtmp_port, hls=hls_port, webrtc=webrtc_port, metrics=metrics_port)
    configure = None if folder or places.is_foreign else server_configuration(places)
    if configure is None and (config_only or ports != Ports()):
        raise click.UsageError("the configuration is that of this machine's /etc/mediamtx: leave out --to and --root")
    installation = open_installation(places, folder, writes=not dry_run)
    with stoppable(installation):
        if not config_only:
            accept = None if folder else server_configuration(places).refuse
            _install(places, Order(**typed), installation, accept, dry_run=dry_run, yes=yes)
        if configure:
            for line in configure.plan(ports) if dry_run else configure.apply(ports):
                say_folded(line)


def _install(
    places: Places,
    order: Order,
    installation: Installation,
    accept: Callable[[Path], None] | None,
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    web = Web(tell=tell_folded)
    server = ReleaseServer(releases_url(places), web)
    wished = wish(order, server)
    for line in warnings(order, wished):
        tell_folded(line)
    decided = decision(order, wished, installation)
    if isinstance(decided, Nothing):
        say_folded(decided.says)
        return
    steps = plan(order, wished, server=server, installation=installation, userland=read_userland(places.root))
    if dry_run:
        show_plan(decided, steps)
        return
    confirm_decision(decided, yes, otherwise=NO_FORCE)
    before = installation.in_use
    with changing(installation), make_progress() as progress:
        installer = Installer(
            installation,
            web=web,
            progress=progress,
            tell=tell_folded,
            file=order.offline,
            accept=accept or (lambda program: None),
        )
        installer.apply(steps)
    tell_result(installation, before)
