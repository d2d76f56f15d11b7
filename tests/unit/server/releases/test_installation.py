"""What lies in the folder of installed versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_rtsp.server.mediamtx.errors import ReleaseRefused
from audio_rtsp.server.mediamtx.release.install import Installer
from audio_rtsp.server.mediamtx.release.installation import Installation, ask_version
from audio_rtsp.server.mediamtx.release.plan import TryOut
from audio_rtsp.server.mediamtx.release.web import Web


def test_a_program_that_may_not_be_run_is_no_package_that_is_missing(tmp_path: Path) -> None:
    program = tmp_path / "v1.20.1/mediamtx"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho v1.20.1\n")
    assert ask_version(program) is None
    installer = Installer(Installation(tmp_path), web=Web(), progress=lambda done, total: None, tell=lambda text: None)
    with pytest.raises(ReleaseRefused, match="may not be run") as caught:
        installer.apply((TryOut("", "v1.20.1"),))
    assert caught.value.fix == f"sudo chmod 755 {program}"
