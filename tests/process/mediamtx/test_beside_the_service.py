"""``audio-rtsp`` on a machine whose media server is a service of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from audio_rtsp.server.mediamtx.installed import UNIT
from process.mediamtx.installed import Installed, read
from process.streams.harness import Box, running, wait_for

NAME = "tone-1"


@pytest.fixture
def box(installed: Installed, tmp_path: Path) -> Box:
    """A machine without a card, with the unit and the ports of *installed*."""
    folder = tmp_path / "box"
    folder.mkdir()
    box = Box.make(folder, "01")
    box.port, box.api_port = installed.rtsp_port, installed.api_port
    (box.root / UNIT).parent.mkdir(parents=True)
    (box.root / UNIT).touch()
    return box


def test_the_running_service_is_published_to_and_none_is_started(installed: Installed, box: Box) -> None:
    with running(box) as program:
        program.wait_state(NAME, "LIVE")
        assert read(installed.url(NAME)) == "mp3"
        assert (program.status() or {})["server"]["name"] == "mediamtx"
    assert installed.answers(), "it is not ours to stop"


def test_streams_hold_while_the_service_is_away_and_are_live_again(installed: Installed, box: Box) -> None:
    with running(box) as program:
        program.wait_state(NAME, "LIVE")
        os.kill(installed.pid, signal.SIGKILL)
        wait_for(lambda: program.stream(NAME)["state"] != "LIVE", 5, "the loss is seen")
        assert program.wait_state(NAME, "LIVE", 10)["encoder_restarts"] <= 1


def test_our_service_waits_for_the_other_and_starts_none_of_its_own(
    installed: Installed, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.stop()
    monkeypatch.setenv("NOTIFY_SOCKET", str(box.folder / "nobody"))
    with running(box) as program:
        server = wait_for(program.status, 10, "it is ready without the server")["server"]
        assert (server["name"], server["is_up"]) == ("mediamtx", False)
        installed.start()
        program.wait_state(NAME, "LIVE", 10)


def test_what_the_owners_file_has_wrong_shows_in_status(installed: Installed, box: Box) -> None:
    installed.write(f"{installed.owner_text}foo: 1\n")
    installed.configuration.follow()
    (box.root / "etc/mediamtx").symlink_to(installed.files.owner.parent)
    with running(box) as program:
        program.wait_state(NAME, "LIVE")
        assert 'unknown field "foo"' in box.command("status").stdout
    stopped = box.command("status")
    assert 'unknown field "foo"' in stopped.stderr
