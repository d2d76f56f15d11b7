"""What is told after MediaMTX was exchanged."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from audio_rtsp.cli.mediamtx_installation import tell_result

INSTALLED = SimpleNamespace(folder=Path("/x"), program="/x/mediamtx", in_use="v2", previous=None, kept=("v2",))


@pytest.mark.parametrize(
    ("has_unit", "before", "restart"),
    [
        (True, "v1", "sudo systemctl restart mediamtx"),
        (False, "v1", "sudo systemctl restart audio-rtsp, or Ctrl-C where that runs"),
        (False, None, "sudo systemctl restart audio-rtsp, or Ctrl-C where that runs"),
        (False, "v2", ""),
    ],
)
def test_what_starts_it_again_is_what_runs_it(
    has_unit: bool,
    before: str | None,
    restart: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.setattr("audio_rtsp.server.mediamtx.installed.is_installed", lambda root: has_unit)
    tell_result(cast(Any, INSTALLED), before)
    told = capsys.readouterr().err
    assert told.endswith(f"until it is started again: {restart}\n") if restart else told == ""
