"""``audio-rtsp run``: publish every capture device, in the foreground, as any user."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audio_rtsp.cli.answer import tell
from audio_rtsp.cli.places import Places, places_for
from audio_rtsp.config.setting import Setting
from audio_rtsp.config.settings import ALL, BY_KEY, MEDIAMTX_RELEASES_URL, NOT_YET
from audio_rtsp.config.values import Values
from audio_rtsp.errors import MEND, AlreadyRunning, ConfigRefused, NotRunning

if TYPE_CHECKING:
    from audio_rtsp.config.load import Configuration

NOT_SHOWN = NOT_YET | {MEDIAMTX_RELEASES_URL}
"""Settings that ``run`` takes as any other and does not use; its help leaves them out."""


def _setting_options() -> list[click.Parameter]:
    """Every setting is an option too; a secret is not, because everybody can read a command line."""
    return [
        click.Option(
            [setting.option, setting.key],
            metavar=setting.unit.upper() or "VALUE",
            help=_help(setting),
            hidden=setting in NOT_SHOWN,
        )
        for setting in ALL
        if not setting.secret
    ]


def _help(setting: Setting[Any]) -> str:
    """With the words to choose from, where only some can be used."""
    return f"{setting.help} Takes {setting.takes}." if setting.takes.startswith("one of") else setting.help


@click.command(params=_setting_options())
@click.option("--tone", type=click.IntRange(0, 64), metavar="N", help="Publish N test tones too; 0: never one.")
@click.option("--root", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="DIR", hidden=True)
@click.option("--config-dir", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", hidden=True)
@click.pass_obj
def run(places: Places, /, tone: int | None, root: Path | None, config_dir: Path | None, **settings: Any) -> None:
    """Publish every capture device as rtsp://HOST:PORT/NAME until Ctrl-C.

    Without a device, and without --tone, a test tone is published, so that there is something to hear.
    """
    from audio_rtsp.cli.face import make_face
    from audio_rtsp.host.file_limit import raise_file_limit
    from audio_rtsp.service import run_service
    from audio_rtsp.supervision.desk import DeskPlaces, MachineDesk

    places = _with_root(places, root)
    places = replace(places, config=config_dir) if config_dir else places
    overrides = {key: text for key, text in settings.items() if text is not None}
    desk = MachineDesk(
        DeskPlaces(
            root=places.root,
            config=places.config,
            state=places.state,
            logs=places.logs,
            overrides=overrides,
            tones=tone,
        )
    )
    _refuse_what_cannot_work(desk.configuration)
    _refuse_beside_another(places)
    raise_file_limit()
    with make_face() as face:
        asyncio.run(run_service(desk, places.runtime, face))


def _refuse_what_cannot_work(read: Configuration) -> None:
    """On a terminal all of it; elsewhere what was typed alone, and the rest is told."""
    from audio_rtsp.cli.face import is_journal
    from audio_rtsp.config.candidate import all_complaints
    from audio_rtsp.encoder import judgement

    complaints = [str(complaint) for complaint in all_complaints(read, judgement.complaints)]
    refused = complaints if sys.stderr.isatty() else [line for line in complaints if line.startswith("--")]
    if refused:
        raise ConfigRefused(refused, fix=_options_instead(read.service, refused) or MEND)
    for complaint in (*complaints, *map(str, read.warnings)) if not is_journal() else ():
        tell(complaint)


def _options_instead(values: Values, complaints: list[str]) -> str:
    """What the command line needs, when that is all that the complaints are about."""
    from audio_rtsp.encoder.codec import instead

    nearest = instead(values)
    options = " ".join(f"{BY_KEY[key].option} {text}" for key, text in nearest.items())
    keys = [line.split(": ")[1] for line in complaints]
    return f"it works with {options}" if options and keys == list(nearest) else ""


def _refuse_beside_another(places: Places) -> None:
    """A run of our own would only find the other one's port taken and its devices busy."""
    from audio_rtsp.control.client import ask

    if places.control_socket == places.runtime / "control.sock":
        return
    with contextlib.suppress(NotRunning):
        now = ask(places.control_socket, "status")
        urls = [f"{stream['name']}  {stream['url']}" for stream in now["streams"]]
        raise AlreadyRunning(str(now["pid"]), urls, is_another_users=places.caller is None)


def _with_root(places: Places, root: Path | None) -> Places:
    if root is None:
        return places
    named = None if places.config == places.root / "etc/audio-rtsp" else places.config
    return places_for(root=root, config=named, environ={}, is_root=True)
