"""Answers go to standard output, talk to standard error."""

from __future__ import annotations

import json
import os
import sys
from typing import Protocol

from audio_rtsp.cli.fold import fold
from audio_rtsp.cli.own_command import own_command, own_options
from audio_rtsp.cli.typed import as_typed


def say(text: str) -> None:
    """One answer to the owner."""
    sys.stdout.write(text + "\n")


def say_json(value: object) -> None:
    """The same answer for a program: one JSON document."""
    say(json.dumps(value, indent=2, ensure_ascii=False))


def tell(text: str) -> None:
    """Talk beside the answer: progress, hints, complaints; commands in it can be typed as they stand."""
    sys.stderr.write(in_typed_words(text) + "\n")


def say_folded(text: str) -> None:
    """A long line of an answer."""
    say(fold(text))


def tell_folded(text: str) -> None:
    """A long line of talk."""
    sys.stderr.write(fold(in_typed_words(text)) + "\n")


def in_typed_words(text: str) -> str:
    """*text* with the commands in it as they can be typed here."""
    return as_typed(text, own_command(), own_options())


class Output(Protocol):
    """Somewhere to write."""

    def isatty(self) -> bool:
        """As of a file."""


def can_redraw(output: Output) -> bool:
    """Whether a cursor can be moved there."""
    return output.isatty() and os.environ.get("TERM", "dumb") != "dumb"
