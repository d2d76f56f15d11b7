"""``audio-rtsp mediamtx``: get the media server, keep it right, go back, remove it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

import click

from audio_rtsp.cli.answer import say, say_json, tell
from audio_rtsp.cli.progress import make_progress
from audio_rtsp.cli.question import confirm
from audio_rtsp.cli.verb_group import VerbGroup
from audio_rtsp.cli.verbs.mediamtx_config import config, server_configuration
from audio_rtsp.config.load import load
from audio_rtsp.config.settings import MEDIAMTX_RELEASES_URL
from audio_rtsp.facts.userland import read_userland
from audio_rtsp.server.mediamtx.errors import NoSuchRelease, NothingToRollBack
from audio_rtsp.server.mediamtx.ports import HIGHEST, Ports
from audio_rtsp.server.mediamtx.release import version_folders
from audio_rtsp.server.mediamtx.release.decision import Ask, Go, Nothing
from audio_rtsp.server.mediamtx.release.install import Installer, changing
from audio_rtsp.server.mediamtx.release.installation import Installation
from audio_rtsp.server.mediamtx.release.order import (
    LATEST,
    NO_FORCE,
    Order,
    decision,
    named_version,
    plan,
    warnings,
    wish,
)
from audio_rtsp.server.mediamtx.release.plan import Step, plan_rollback
from audio_rtsp.server.mediamtx.release.server import ReleaseServer
from audio_rtsp.server.mediamtx.release.version import NEWEST_TRIED
from audio_rtsp.server.mediamtx.release.web import Web

if TYPE_CHECKING:
    from audio_rtsp.cli.places import Places

USUAL_FOLDER = "usr/local/mediamtx"
F = TypeVar("F", bound=Callable[..., Any])
_PORT = click.IntRange(1, HIGHEST)
_PORT_OR_OFF = click.IntRange(0, HIGHEST)


@click.group(cls=VerbGroup)
def mediamtx() -> None:
    """Get the media server MediaMTX, and keep it right."""


mediamtx.add_command(config)


def _folder(command: F) -> F:
    return click.option(
        "--to",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Where it is installed, instead of /usr/local/mediamtx.",
    )(command)


def _careful(command: F) -> F:
    command = click.option("-y", "--yes", is_flag=True, help="Ask nothing: take the default of every question.")(
        command
    )
    return click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")(command)


def _ports(command: F) -> F:
    for name, what in (
        ("--metrics-port", "Port of its metrics."),
        ("--webrtc-port", "Port for browsers, WebRTC."),
        ("--hls-port", "Port for browsers, HLS."),
        ("--rtmp-port", "Port of RTMP."),
    ):
        command = click.option(name, type=_PORT_OR_OFF, help=f"{what} 0: off.")(command)
    return click.option("-p", "--rtsp-port", type=_PORT, help="Port of the RTSP streams.")(command)


@mediamtx.command()
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
@_folder
@_careful
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
    if not config_only:
        installation = _installation(places, folder, writes=not dry_run)
        accept = None if folder else server_configuration(places).refuse
        _install(places, Order(**typed), installation, accept, dry_run=dry_run, yes=yes)
    if configure:
        for line in configure.plan(ports) if dry_run else configure.apply(ports):
            say(line)


def _install(
    places: Places,
    order: Order,
    installation: Installation,
    accept: Callable[[Path], None] | None,
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    web = Web(tell=tell)
    server = ReleaseServer(_base(places), web)
    wished = wish(order, server)
    for line in warnings(order, wished):
        tell(line)
    decided = decision(order, wished, installation)
    if isinstance(decided, Nothing):
        say(decided.says)
        return
    steps = plan(order, wished, server=server, installation=installation, userland=read_userland(places.root))
    if dry_run:
        _show(decided, steps)
        return
    _confirm(decided, yes, otherwise=NO_FORCE)
    before = installation.in_use
    with changing(installation), make_progress() as progress:
        installer = Installer(
            installation,
            web=web,
            progress=progress,
            tell=tell,
            file=order.offline,
            accept=accept or (lambda program: None),
        )
        installer.apply(steps)
    _tell_result(installation, before)


def _tell_result(installation: Installation, before: str | None) -> None:
    folder = installation.folder
    there = "" if folder == Path("/") / USUAL_FOLDER else f" --to {folder}"
    say(f"MediaMTX {installation.in_use} is in use: {installation.program}")
    if installation.previous:
        tell(f"back to {installation.previous}: audio-rtsp mediamtx rollback{there}")
    if before and before != installation.in_use:
        tell(f"a server that runs goes on as {before} until it is started again")
    unused = [name for name in installation.kept if name not in (installation.in_use, installation.previous)]
    if unused:
        tell(f"kept, but not used: {', '.join(unused)}; to remove one: audio-rtsp mediamtx remove{there} VERSION")


@mediamtx.command()
@click.option("-v", "--version", metavar="VERSION", help="Look at this one instead of the newest.")
@click.option("--json", "as_json", is_flag=True, help="The same for programs.")
@_folder
@click.pass_context
def check(ctx: click.Context, version: str | None, as_json: bool, folder: Path | None) -> None:
    """What is installed, what is newest, and whether that could be installed here.

    Exit status: 0 up to date, 6 a newer one can be installed (or none is), 7 something is wrong.
    """
    from audio_rtsp.cli.table import render_table
    from audio_rtsp.server.mediamtx.release.check import Check

    places: Places = ctx.obj
    wanted = None if version == LATEST else named_version(version)
    with make_progress() as progress:
        report = Check(
            installation=_installation(places, folder, writes=False),
            server=ReleaseServer(_base(places), Web(tell=tell)),
            userland=read_userland(places.root),
            memory_file=places.state / "mediamtx-releases.json",
            progress=progress,
            may_run=not places.is_foreign,
        ).look(wanted)
    if as_json:
        say_json(report.as_json())
    else:
        say(render_table(("MediaMTX", ""), report.rows()))
    ctx.exit(report.exit_code)


@mediamtx.command()
@_folder
@_careful
@click.pass_obj
def rollback(places: Places, folder: Path | None, dry_run: bool, yes: bool) -> None:
    """Go back to the MediaMTX that was in use before; once more, and you are where you were."""
    installation = _installation(places, folder, writes=not dry_run)
    previous, before = installation.previous, installation.in_use
    if previous is None:
        raise NothingToRollBack(str(installation.folder))
    steps = plan_rollback(previous, is_foreign=installation.is_foreign)
    asked = Ask(f"Go back from {before or 'the present MediaMTX'} to {previous}?", True)
    if dry_run:
        _show(asked, steps)
        return
    _confirm(asked, yes, otherwise="")
    with changing(installation):
        Installer(installation, web=Web(), progress=lambda done, total: None, tell=tell).apply(steps)
    _tell_result(installation, before)
    if folder is None:
        for line in server_configuration(places).go_back():
            say(line)


@mediamtx.command()
@click.argument("versions", nargs=-1, metavar="[VERSION]...")
@_folder
@_careful
@click.pass_obj
def remove(places: Places, versions: tuple[str, ...], folder: Path | None, dry_run: bool, yes: bool) -> None:
    """Remove the VERSIONs that are not in use, or without one MediaMTX as a whole.

    Its configuration in /etc/mediamtx stays, and so does what this program has not installed.
    """
    installation = _installation(places, folder, writes=not dry_run)
    for name in versions:
        _refuse_removal(installation, name)
    names = versions or installation.kept
    if not names:
        say(f"audio-rtsp has installed no MediaMTX in {installation.folder}")
        return
    whole = "" if versions else ", and with it MediaMTX as a whole"
    asked = Ask(f"Remove {', '.join(names)} from {installation.folder}{whole}?", True)
    if dry_run:
        _show(asked, ())
        return
    _confirm(asked, yes, otherwise="")
    with changing(installation):
        for name in versions:
            version_folders.remove_version(installation, name)
        if not versions:
            version_folders.remove_all(installation)
    say(f"removed: {', '.join(names)}")
    if not versions and installation.folder.exists():
        say(f"not ours, so left: {installation.folder}")


def _refuse_removal(installation: Installation, name: str) -> None:
    if name not in installation.kept:
        there = ", ".join(installation.kept) or "none"
        raise NoSuchRelease(
            f"{name} is not in {installation.folder}", fix="audio-rtsp mediamtx check", detail=[f"there: {there}"]
        )
    if name == installation.in_use:
        raise click.UsageError(f"{name} is in use; go back first (rollback), or remove all: no VERSION")


def _installation(places: Places, folder: Path | None, *, writes: bool) -> Installation:
    if writes and places.is_foreign:
        raise click.UsageError("--root only reads another machine's tree: add --dry-run")
    return Installation(folder.absolute() if folder else places.root / USUAL_FOLDER)


def _base(places: Places) -> str:
    return load(places.config, environ=os.environ, overrides={}).service[MEDIAMTX_RELEASES_URL]


def _confirm(decision: Go | Ask, yes: bool, *, otherwise: str) -> None:
    match decision:
        case Go():
            tell(decision.says)
        case Ask():
            confirm(decision.question, default=decision.default, yes=yes, otherwise=otherwise)
        case _:
            assert_never(decision)


def _show(decision: Go | Ask, steps: tuple[Step, ...]) -> None:
    say(decision.says if isinstance(decision, Go) else f"{decision.question} [{'yes' if decision.default else 'no'}]")
    for number, step in enumerate(steps, 1):
        say(f"{number}. {step}")
