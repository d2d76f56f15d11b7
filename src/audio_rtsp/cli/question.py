"""A question to the owner; where nobody can answer it is an error that names the flag."""

from __future__ import annotations

import sys

import click

from audio_rtsp.cli.answer import tell_folded
from audio_rtsp.cli.interrupt import stopped
from audio_rtsp.errors import NotConfirmed


def confirm(question: str, *, default: bool, yes: bool, otherwise: str) -> None:
    """Return when the answer is yes; *yes* (``-y``) takes the *default*. Raises NotConfirmed.

    *otherwise* is what to type when the default of ``-y`` is no.
    """
    if yes:
        tell_folded(f"{question} {'yes' if default else 'no'} (-y)")
        if not default:
            raise NotConfirmed(question, fix=otherwise)
    elif not sys.stdin.isatty():
        raise NotConfirmed(question, fix="type the same with -y" if default else otherwise)
    elif not _is_confirmed(question, default):
        raise NotConfirmed(question, fix="type the same again and answer y")


def _is_confirmed(question: str, default: bool) -> bool:
    try:
        return click.confirm(question, default=default, err=True)
    except click.exceptions.Abort:
        raise stopped("nothing was changed") from None
