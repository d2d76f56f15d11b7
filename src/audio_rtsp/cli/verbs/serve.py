"""``audio-rtsp serve``: the built-in RTSP server alone."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from audio_rtsp.errors import PortTaken
from audio_rtsp.facts.ports import listener
from audio_rtsp.rtsp.serve import OPTIONS, PASSWORD_VARIABLE, USER_VARIABLE, Option, make_options
from audio_rtsp.rtsp.serve import serve as run_server

F = TypeVar("F", bound=Callable[..., Any])


class _FloatRange(click.FloatRange):
    """click finds nan within every range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{number} is not in the range {self.min}<=x<={self.max}.", param, ctx)
        return number


def _options(command: F) -> F:
    for one in reversed(OPTIONS):
        command = _option(one)(command)
    return command


def _option(one: Option) -> Callable[[F], F]:
    if one.highest is None:
        return click.option(one.flag, is_flag=True, help=one.help)
    kind = click.IntRange if isinstance(one.default, int) else _FloatRange
    return click.option(one.flag, type=kind(0, one.highest), default=one.default, show_default=True, help=one.help)


@click.command(
    epilog=f"Readers are asked for a password when {USER_VARIABLE} and {PASSWORD_VARIABLE} are set in the environment."
)
@_options
def serve(**given: Any) -> None:
    """Run the built-in RTSP server until Ctrl-C; any ffmpeg on this machine may publish to it."""
    try:
        run_server(make_options(given, os.environ))
    except PortTaken as error:  # the server alone does not look at other programs
        raise PortTaken(error.port, error.setting, listener(error.port)) from None
