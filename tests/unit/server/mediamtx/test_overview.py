"""What an owner is told who has no configuration of the media server yet, or may not read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_rtsp.errors import NotReadable
from audio_rtsp.server.mediamtx.conf_files import ConfFiles
from audio_rtsp.server.mediamtx.overview import read_overview


@pytest.mark.parametrize("is_written", [False, True])
def test_a_configuration_that_is_not_there_is_told_with_the_command_that_writes_it(
    tmp_path: Path, is_written: bool
) -> None:
    files = ConfFiles.under(tmp_path)
    if is_written:
        files.owner.parent.mkdir(parents=True)
        files.owner.touch()
    with pytest.raises(NotReadable) as told:
        read_overview(files)
    commands = ("sudo audio-rtsp mediamtx install --config-only", "sudo audio-rtsp mediamtx config --follow")
    assert told.value.fix.endswith(commands[is_written])
