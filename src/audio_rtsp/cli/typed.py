"""The command as the owner can type it here: before an installation its name alone starts nothing. Pure."""

from __future__ import annotations

import posixpath
import re
import shlex

from audio_rtsp.cli.verb_names import VERBS

NAME = "audio-rtsp"
_COMMAND = rf"(?<![\w./-]){NAME}(?= (?P<verb>%s)\b| --)"


def typed_command(called: str, *, on_path: str, folder: str) -> str:
    """How to call the program *called* (argv[0]) in *folder*; *on_path* is what its name alone would start."""
    if posixpath.basename(called) != NAME:
        return NAME
    here = posixpath.normpath(posixpath.join(folder, called))
    if on_path and posixpath.normpath(on_path) == here:
        return NAME
    within = posixpath.relpath(here, folder)
    return shlex.quote(here if within.startswith("..") or folder == "/" else within if "/" in within else f"./{within}")


def as_typed(text: str, command: str, options: str = "") -> str:
    """*text* with each command of ours as it can be typed, with the *options* for all verbs that were typed, too."""
    pattern = _COMMAND % "|".join(VERBS)
    return re.sub(pattern, lambda found: f"{command} {options}" if options and found["verb"] else command, text)
