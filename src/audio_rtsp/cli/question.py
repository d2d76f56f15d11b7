"""A question to the owner; where nobody can answer it is an error that names the flag."""

from __future__ import annotations

import sys

import click

from audio_rtsp.cli.answer import tell
from audio_rtsp.errors import NotConfirmed


def confirm(question: str, *, default: bool, yes: bool, otherwise: str) -> None:
    """Return when the answer is yes; *yes* (``-y``) takes the *default*. Raises NotConfirmed.

    *otherwise* is what to type when the default of ``-y`` is no.
    """
    if yes:
        tell(f"{question} {'yes' if default else 'no'} (-y)")
        if not default:
            raise NotConfirmed(question, fix=otherwise)
    elif not sys.stdin.isatty():
        raise NotConfirmed(question, fix="type the same with -y" if default else otherwise)
    elif not click.confirm(question, default=default, err=True):
        raise NotConfirmed(question, fix="type the same again and answer y")
