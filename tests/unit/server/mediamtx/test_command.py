"""The configuration of a MediaMTX that is our child."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from audio_rtsp.server.mediamtx.command import mediamtx_command

SERVICE = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_what_root_left_in_the_services_folder_does_not_keep_the_service_from_starting() -> None:
    """Its runtime folder outlives each of its restarts, and with it what a run by hand wrote there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chown(folder, SERVICE, SERVICE)
        command = mediamtx_command(
            binary="mediamtx", folder=folder, rtsp_port=1, api_port=2, read_user="", read_password=""
        )
        (folder / "mediamtx.yml").write_text("root's")
        (folder / "mediamtx.yml").chmod(0o600)
        os.seteuid(SERVICE)
        try:
            command.prepare()
        finally:
            os.seteuid(0)
        assert "root's" not in (folder / "mediamtx.yml").read_text()
        assert (folder / "mediamtx.yml").stat().st_uid == SERVICE
