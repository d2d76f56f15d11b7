"""The MediaMTX that a verb is about: its folder, what was decided, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

import click

from audio_rtsp.cli.answer import say, say_folded, tell_folded
from audio_rtsp.cli.interrupt import stopped
from audio_rtsp.cli.question import confirm
from audio_rtsp.config.load import load
from audio_rtsp.config.settings import MEDIAMTX_RELEASES_URL
from audio_rtsp.server.mediamtx.release.decision import Ask, Go
from audio_rtsp.server.mediamtx.release.installation import Installation
from audio_rtsp.server.mediamtx.release.plan import Step

if TYPE_CHECKING:
    from audio_rtsp.cli.places import Places

USUAL_FOLDER = "usr/local/mediamtx"
F = TypeVar("F", bound=Callable[..., Any])


def folder_option(command: F) -> F:
    """--to: another place than the usual one."""
    return click.option(
        "--to",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Where it is installed, instead of /usr/local/mediamtx.",
    )(command)


def careful_options(command: F) -> F:
    """--yes and --dry-run."""
    command = click.option("-y", "--yes", is_flag=True, help="Ask nothing: take the default of every question.")(
        command
    )
    return click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")(command)


def open_installation(places: Places, folder: Path | None, *, writes: bool) -> Installation:
    """*folder* or the usual one; another machine's tree is only read."""
    if writes and places.is_foreign:
        raise click.UsageError("--root only reads another machine's tree: add --dry-run")
    return Installation(folder.absolute() if folder else places.root / USUAL_FOLDER)


def releases_url(places: Places) -> str:
    """Where releases come from, by the settings of this machine."""
    return load(places.config, environ=os.environ, overrides={}).service[MEDIAMTX_RELEASES_URL]


@contextmanager
def stoppable(installation: Installation) -> Iterator[None]:
    """Ctrl-C says what is in use, which is never half of anything; what was downloaded is gone on with."""
    before = installation.in_use
    try:
        yield
    except KeyboardInterrupt:
        raise stopped(_in_use(installation, before)) from None


def _in_use(installation: Installation, before: str | None) -> str:
    now = installation.in_use
    stays = "stays" if now == before else "is"
    what = f"MediaMTX {now}" if now else "what was there" if installation.program.exists() else "no MediaMTX"
    return f"{what} {stays} in use; the same again goes on"


def confirm_decision(decision: Go | Ask, yes: bool, *, otherwise: str) -> None:
    """Say it, or ask; raises NotConfirmed, whose fix is *otherwise*."""
    match decision:
        case Go():
            tell_folded(decision.says)
        case Ask():
            confirm(decision.question, default=decision.default, yes=yes, otherwise=otherwise)
        case _:
            assert_never(decision)


def show_plan(decision: Go | Ask, steps: tuple[Step, ...]) -> None:
    """What --dry-run prints."""
    if isinstance(decision, Go):
        say_folded(decision.says)
    else:
        say_folded(f"{decision.question} [{'yes' if decision.default else 'no'}]")
    for number, step in enumerate(steps, 1):
        say_folded(f"{number}. {step}")


def tell_result(installation: Installation, before: str | None) -> None:
    """What is in use now, where *before* was, and what lies there unused."""
    folder = installation.folder
    there = "" if folder == Path("/") / USUAL_FOLDER else f" --to {folder}"
    say(f"MediaMTX {installation.in_use} is in use: {installation.program}")
    if installation.previous:
        tell_folded(f"back to {installation.previous}: audio-rtsp mediamtx rollback{there}")
    if before != installation.in_use:
        tell_folded(f"a server that runs goes on as it is until it is started again: {_restart()}")
    unused = [name for name in installation.kept if name not in (installation.in_use, installation.previous)]
    if unused:
        names = ", ".join(unused)
        tell_folded(f"kept, but not used: {names}; to remove one: audio-rtsp mediamtx remove{there} VERSION")


def _restart() -> str:
    """Of its own unit, else of the program whose child it is."""
    from audio_rtsp.server.mediamtx.installed import is_installed

    if is_installed(Path("/")):
        return "sudo systemctl restart mediamtx"
    return "sudo systemctl restart audio-rtsp, or Ctrl-C where that runs"
