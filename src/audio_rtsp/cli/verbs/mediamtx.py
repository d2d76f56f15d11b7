"""``audio-rtsp mediamtx``: get the media server, keep it right, go back, remove it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from audio_rtsp.cli.answer import say, say_folded, say_json, tell_folded
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
from audio_rtsp.cli.verb_group import VerbGroup
from audio_rtsp.cli.verbs.mediamtx_config import config, server_configuration
from audio_rtsp.cli.verbs.mediamtx_install import install
from audio_rtsp.facts.userland import read_userland
from audio_rtsp.server.mediamtx.errors import NoSuchRelease, NothingToRollBack
from audio_rtsp.server.mediamtx.release import version_folders
from audio_rtsp.server.mediamtx.release.decision import Ask
from audio_rtsp.server.mediamtx.release.install import Installer, changing
from audio_rtsp.server.mediamtx.release.installation import Installation
from audio_rtsp.server.mediamtx.release.order import LATEST, named_version
from audio_rtsp.server.mediamtx.release.plan import plan_rollback
from audio_rtsp.server.mediamtx.release.server import ReleaseServer
from audio_rtsp.server.mediamtx.release.web import Web

if TYPE_CHECKING:
    from audio_rtsp.cli.places import Places


@click.group(cls=VerbGroup)
def mediamtx() -> None:
    """Get the media server MediaMTX, and keep it right."""


mediamtx.add_command(config)
mediamtx.add_command(install)


@mediamtx.command()
@click.option("-v", "--version", metavar="VERSION", help="Look at this one instead of the newest.")
@click.option("--json", "as_json", is_flag=True, help="The same for programs.")
@folder_option
@click.pass_context
def check(ctx: click.Context, version: str | None, as_json: bool, folder: Path | None) -> None:
    """What is installed, what is newest, and whether that could be installed here.

    Exit status: 0 up to date, 6 a newer one can be installed (or none is), 7 something is wrong.
    """
    from audio_rtsp.cli.table import render_table
    from audio_rtsp.server.mediamtx.release.check import Check

    places: Places = ctx.obj
    wanted = None if version == LATEST else named_version(version)
    installation = open_installation(places, folder, writes=False)
    with stoppable(installation), make_progress() as progress:
        report = Check(
            installation=installation,
            server=ReleaseServer(releases_url(places), Web(tell=tell_folded)),
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
@folder_option
@careful_options
@click.pass_obj
def rollback(places: Places, folder: Path | None, dry_run: bool, yes: bool) -> None:
    """Go back to the MediaMTX that was in use before; once more, and you are where you were."""
    installation = open_installation(places, folder, writes=not dry_run)
    previous, before = installation.previous, installation.in_use
    if previous is None:
        raise NothingToRollBack(str(installation.folder))
    steps = plan_rollback(previous, is_foreign=installation.is_foreign)
    asked = Ask(f"Go back from {before or 'the present MediaMTX'} to {previous}?", True)
    if dry_run:
        show_plan(asked, steps)
        return
    confirm_decision(asked, yes, otherwise="")
    with stoppable(installation), changing(installation):
        Installer(installation, web=Web(), progress=lambda done, total: None, tell=tell_folded).apply(steps)
    tell_result(installation, before)
    if folder is None:
        for line in server_configuration(places).go_back():
            say_folded(line)


@mediamtx.command()
@click.argument("versions", nargs=-1, metavar="[VERSION]...")
@folder_option
@careful_options
@click.pass_obj
def remove(places: Places, versions: tuple[str, ...], folder: Path | None, dry_run: bool, yes: bool) -> None:
    """Remove the VERSIONs that are not in use, or without one MediaMTX as a whole.

    Its configuration in /etc/mediamtx stays, and so does what this program has not installed.
    """
    installation = open_installation(places, folder, writes=not dry_run)
    for name in versions:
        _refuse_removal(installation, name)
    names = versions or (*installation.kept, *installation.half_removed)
    if not names:
        say(f"audio-rtsp has installed no MediaMTX in {installation.folder}")
        return
    whole = "" if versions else ", and with it MediaMTX as a whole"
    asked = Ask(f"Remove {', '.join(names)} from {installation.folder}{whole}?", True)
    if dry_run:
        show_plan(asked, ())
        return
    confirm_decision(asked, yes, otherwise="")
    with stoppable(installation), changing(installation):
        for name in versions:
            version_folders.remove_version(installation, name)
        if not versions:
            version_folders.remove_all(installation)
    say(f"removed: {', '.join(names)}")
    if not versions and installation.folder.exists():
        say(f"not ours, so left: {installation.folder}")


def _refuse_removal(installation: Installation, name: str) -> None:
    if name in installation.half_removed:
        return
    if name not in installation.kept:
        there = ", ".join(installation.kept) or "none"
        raise NoSuchRelease(
            f"{name} is not in {installation.folder}", fix="audio-rtsp mediamtx check", detail=[f"there: {there}"]
        )
    if name == installation.in_use:
        raise click.UsageError(f"{name} is in use; go back first (rollback), or remove all: no VERSION")
