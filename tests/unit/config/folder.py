"""What the fixtures of this folder can do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from audio_rtsp.config.load import Configuration

Seed = Callable[[str], bytes]
Write = Callable[[str, bytes | str], Path]
Read = Callable[..., Configuration]
Run = Callable[..., Result]
