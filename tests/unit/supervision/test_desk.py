"""What the supervisor goes by, across a restart."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest

from audio_rtsp.config.settings import AUDIO_BITRATE, RTSP_PORT
from audio_rtsp.supervision import desk as module
from audio_rtsp.supervision.desk import DeskPlaces, MachineDesk
from machines.machine import copy_of, machine


def desk(folder: Path, root: Path | None = None, **overrides: str) -> MachineDesk:
    places = DeskPlaces(
        root=root or machine("04"),
        config=folder / "etc",
        state=folder / "state",
        logs=folder / "log",
        overrides=overrides,
    )
    return MachineDesk(places)


def test_a_file_full_of_zeros_at_start_costs_no_setting(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/config").write_text("RTSP_PORT=8554\n")
    asyncio.run(desk(tmp_path, AUDIO_BITRATE="64k").wants())
    (tmp_path / "etc/config").write_bytes(b"\0" * 100)
    after = desk(tmp_path)
    assert after.configuration.service[RTSP_PORT] == 8554
    assert after.configuration.service[AUDIO_BITRATE] == AUDIO_BITRATE.default, "what was typed once is not kept"
    (line,) = after.complaints()
    assert "as after a power cut); what held before stays in force; fix: " in line


def test_settings_read_while_running_are_kept_too(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    first = desk(tmp_path)
    (tmp_path / "etc/config").write_text("RTSP_PORT=9554\n")
    first.reload()
    asyncio.run(first.wants())
    (tmp_path / "etc/config").write_text("RTSP_PORT=none\n")
    assert desk(tmp_path).configuration.service[RTSP_PORT] == 9554


def test_a_state_folder_that_could_not_be_written_is_written_at_a_later_look_by_itself(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file stands where the folder shall be, as on a disk that went bad")
    here = desk(tmp_path)
    asyncio.run(here.wants())
    assert sum("cannot be written" in line for line in here.complaints()) == 2
    (tmp_path / "state").unlink()
    asyncio.run(here.wants())
    assert not here.complaints()
    assert {path.name for path in (tmp_path / "state").iterdir()} >= {"device_map.conf", "identities.json"}
    assert (tmp_path / "state/last_good.json").exists()


def test_a_state_folder_on_a_disk_that_hangs_holds_up_no_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(module, "DISK_LIMIT", 0.05)
    monkeypatch.setattr(module, "save_memory", lambda *_: answers.wait(20) and ())
    here = desk(tmp_path)
    began = time.monotonic()
    assert asyncio.run(here.wants()).streams
    assert time.monotonic() - began < 5
    assert here.complaints() == (), "a slow one is no news"
    monkeypatch.setattr(module, "HANGS", 0.0)
    assert here.complaints() == (f"{tmp_path / 'state'}: the disk does not answer; sound goes on",)
    answers.set()
    while here.complaints() or not (tmp_path / "state/last_good.json").exists():
        asyncio.run(here.wants())


def test_a_card_over_which_the_kernel_hangs_holds_up_nothing_and_all_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_LIMIT", 0.5)
    here = desk(tmp_path, root := copy_of("04", tmp_path))
    before = asyncio.run(here.wants()).streams
    status = root / "proc/asound/card0/pcm0c/sub0/status"
    text = status.read_text()
    status.unlink()
    os.mkfifo(status)  # who opens it waits

    async def look_thrice() -> list[float]:
        times, loop = [], asyncio.get_running_loop()
        for _ in range(3):
            began = loop.time()
            assert (await here.wants()).streams == before
            times.append(loop.time() - began)
        return times

    first, *others = asyncio.run(look_thrice())
    assert first < 5
    assert max(others) < 0.45, "nobody waits for it twice"
    monkeypatch.setattr(module, "HANGS", 0.0)
    assert here.complaints() == (module.NO_LOOK,)
    status.write_text("")  # it waits no more
    status.unlink()
    status.write_text(text)
    while here.complaints():
        asyncio.run(here.wants())
