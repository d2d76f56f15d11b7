"""The command ``audio-rtsp``: verbs are imported when they are used; the only place that prints errors and exits."""

from __future__ import annotations

import importlib
import io
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from audio_rtsp import __version__
from audio_rtsp.cli.answer import tell
from audio_rtsp.cli.own_command import own_command
from audio_rtsp.cli.places import places_for
from audio_rtsp.cli.verb_names import VERBS
from audio_rtsp.cli.word_order import reordered
from audio_rtsp.errors import AudioRtspError
from audio_rtsp.host.shortage import shortage


class Verbs(click.Group):
    """Knows its verbs by name and imports one when it is called: ``--version`` must not wait for them all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order an owner meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, from the module of its name."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = getattr(importlib.import_module(f"audio_rtsp.cli.verbs.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="audio-rtsp", message="%(prog)s %(version)s")
@click.option("--root", type=click.Path(path_type=Path, file_okay=False, exists=True), default=Path("/"), metavar="DIR")
@click.option("--config-dir", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--debug", is_flag=True, help="Show where in the program an error came from.")
@click.pass_context
def cli(ctx: click.Context, root: Path, config_dir: Path | None, debug: bool) -> None:
    """Every microphone of this machine as an always-on RTSP audio stream.

    --root DIR reads another machine's /proc, /sys, /etc and /var/lib (an image, a support bundle);
    --config-dir DIR takes the settings from there instead of /etc/audio-rtsp.
    """
    ctx.obj = places_for(root=root, config=config_dir, environ=os.environ, is_root=os.geteuid() == 0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit with its code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_closed_streams()
    _write_every_letter()
    try:
        code = cli(words, prog_name=own_command(), standalone_mode=False)
        sys.stdout.flush()  # here a reader that has gone is no traceback
    except click.exceptions.Abort as stopped:
        if str(stopped):
            tell(f"audio-rtsp: stopped: {stopped}")
        code = 130
    except click.ClickException as error:
        error.show()
        _show_order(words, error)
        code = error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except AudioRtspError as error:
        if "--debug" in words:
            raise
        show_error(error)
        code = error.exit_code
    except OSError as error:
        lacking = shortage(error)
        if not lacking or "--debug" in words:
            raise
        what, _, fix = lacking.partition("; ")
        show_error(AudioRtspError(what, fix=fix))
        code = AudioRtspError.exit_code
    sys.exit(code if isinstance(code, int) else 0)


def _open_closed_streams() -> None:
    """What our starter closed (``>&-``): its number would go to the next file that is opened, and our words into it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def _write_every_letter() -> None:
    """A device may be called in letters that an older locale (LANG=de_DE) does not have; standard error takes all."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _show_order(words: Sequence[str], error: click.ClickException) -> None:
    """The same words in an order that works, where that is all that is wrong."""
    better = reordered(words, VERBS, error.format_message())
    if better:
        tell(f"  fix: audio-rtsp {shlex.join(better)}")


def show_error(error: AudioRtspError) -> None:
    """What happened, in detail, and how to mend it."""
    tell(f"audio-rtsp: {error.what}")
    for line in error.detail:
        tell(f"  {line}")
    tell(f"  fix: {error.fix}")
