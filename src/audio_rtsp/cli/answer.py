"""Answers go to standard output, talk to standard error."""

from __future__ import annotations

import json
import sys


def say(text: str) -> None:
    """One answer to the owner."""
    sys.stdout.write(text + "\n")


def say_json(value: object) -> None:
    """The same answer for a program: one JSON document."""
    say(json.dumps(value, indent=2, ensure_ascii=False))


def tell(text: str) -> None:
    """Talk beside the answer: progress, hints, complaints."""
    sys.stderr.write(text + "\n")
