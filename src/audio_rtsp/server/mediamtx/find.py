"""Where the MediaMTX binary is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

USUAL_PLACE = "/usr/local/mediamtx/mediamtx"


def find_binary(named: str = "") -> str | None:
    """MEDIAMTX_BIN, else on PATH, else in the place our installer uses; None where there is none."""
    if named:
        return named if os.access(named, os.X_OK) and Path(named).is_file() else None
    found = shutil.which("mediamtx")
    if found:
        return found
    return USUAL_PLACE if os.access(USUAL_PLACE, os.X_OK) else None
