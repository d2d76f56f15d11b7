"""How this very program was called."""

from __future__ import annotations

import shlex
import shutil
import sys
from functools import cache
from pathlib import Path

from audio_rtsp.cli.typed import NAME, typed_command
from audio_rtsp.cli.word_order import typed_options


@cache
def own_command() -> str:
    """What to type to call it again, from the folder where it was called."""
    try:
        folder = str(Path.cwd())
    except OSError:
        return NAME
    on_path = shutil.which(NAME) or ""
    is_linked = on_path and Path(on_path).resolve() == Path(sys.argv[0]).resolve()
    return NAME if is_linked else typed_command(sys.argv[0], on_path=on_path, folder=folder)


@cache
def own_options() -> str:
    """The folders that were named in front of the verb: what is told to be typed is about them, too."""
    options = [word for word in typed_options(sys.argv[1:]) if word != "--debug"]
    return shlex.join(options)
