"""How this very program was called."""

from __future__ import annotations

import shutil
import sys
from functools import cache
from pathlib import Path

from audio_rtsp.cli.typed import NAME, typed_command


@cache
def own_command() -> str:
    """What to type to call it again, from the folder where it was called."""
    try:
        folder = str(Path.cwd())
    except OSError:
        return NAME
    return typed_command(sys.argv[0], on_path=shutil.which(NAME) or "", folder=folder)
