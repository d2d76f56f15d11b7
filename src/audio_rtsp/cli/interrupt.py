"""Ctrl-C in the middle of a long verb: one line says how things stand, and the exit status is 130."""

from __future__ import annotations

import sys

import click

from audio_rtsp.cli.answer import tell


def stopped(says: str) -> click.exceptions.Abort:
    """To be raised in the place of KeyboardInterrupt; on a terminal ``^C`` stands on the line already."""
    if sys.stderr.isatty():
        tell("")
    return click.exceptions.Abort(says)
