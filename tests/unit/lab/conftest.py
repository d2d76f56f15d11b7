"""The lab is a package beside the product, its scenarios another: both are found from the project's folder."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
for folder in (ROOT, ROOT / "tests/lab"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
