"""A user's own ``run`` on a machine whose service runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audio_rtsp.cli import places
from audio_rtsp.cli.main import main
from audio_rtsp.control.listener import ControlListener
from unit.cli.snapshots import snapshot, stream

RELOADED: dict[str, Any] = {"complaints": [], "waiting": []}
STATUS = snapshot(stream()).as_json()


def reload(_: object) -> dict[str, Any]:
    return RELOADED


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Its runtime folder; we are a user with a folder of his own."""
    folder = tmp_path / "service"
    folder.mkdir()
    monkeypatch.setattr(places, "SERVICE_RUNTIME", folder)
    monkeypatch.setattr("audio_rtsp.cli.main.os.geteuid", lambda: 1000)
    for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "user"))
    up, down = threading.Event(), threading.Event()

    async def serve() -> None:
        listener = ControlListener(folder / "control.sock", reads={"status": lambda _: STATUS}, acts={"reload": reload})
        listener.listen()
        up.set()
        await asyncio.to_thread(down.wait, 20)
        await listener.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert up.wait(5)
    yield folder
    down.set()
    thread.join(5)


def test_it_is_refused_with_the_urls_of_the_service(
    service: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audio_rtsp.service.run_service", _must_not_run)
    with pytest.raises(SystemExit) as caught:
        main(["--config-dir", str(tmp_path / "config"), "run"])
    said = capsys.readouterr().err
    assert caught.value.code == 75
    assert f"audio-rtsp is running already (pid {STATUS['pid']})" in said
    assert STATUS["streams"][0]["url"] in said
    ends = f"sudo systemctl stop audio-rtsp; where it was started by hand: sudo kill {STATUS['pid']}"
    assert said.splitlines()[-1].endswith(f"or end it: {ends}")


def test_settings_that_the_program_may_not_read_are_not_said_to_be_taken_over(
    service: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unread = "config: cannot be read (permission denied); what held before stays in force; fix: chgrp"
    monkeypatch.setitem(RELOADED, "config", str(tmp_path / "config"))
    with pytest.raises(SystemExit):
        main(["--config-dir", str(tmp_path / "config"), "config", "set", "RTSP_PORT", "8554"])
    assert "the running audio-rtsp took it over" in capsys.readouterr().err
    monkeypatch.setitem(RELOADED, "complaints", [unread])
    with pytest.raises(SystemExit):
        main(["--config-dir", str(tmp_path / "config"), "config", "set", "RTSP_PORT", "9554"])
    said = capsys.readouterr().err
    assert "took it over" not in said
    assert f"the running audio-rtsp could not read it\n{unread}\n" in said


async def _must_not_run(*_: object) -> None:
    raise AssertionError("it started beside the service")
