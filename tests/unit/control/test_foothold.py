"""A folder of a running program that somebody removed."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from audio_rtsp.control.client import ask
from audio_rtsp.control.foothold import Foothold
from audio_rtsp.control.listener import ControlListener
from audio_rtsp.host.lock import InstanceLock


def test_a_folder_that_cannot_be_made_again_is_told_once_and_made_as_soon_as_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "audio-rtsp"
    folder.mkdir()
    told: list[str] = []

    async def main() -> None:
        lock = InstanceLock(folder / "lock")
        assert lock.take()
        listener = ControlListener(folder / "control.sock", reads={"status": lambda _: {"pid": 7}}, acts={})
        foothold = Foothold(folder, lock, listener, told.append)
        foothold.take()
        foothold.keep()
        assert told == []
        shutil.rmtree(folder)
        folder.write_text("in the way")
        for _ in range(3):
            foothold.keep()
        assert len(told) == 1
        assert told[0].startswith(f"{folder} was removed and cannot be made again (")
        folder.unlink()
        foothold.keep()
        assert told[1:] == [f"{folder} was removed; it is made anew"]
        assert await asyncio.to_thread(ask, folder / "control.sock", "status") == {"pid": 7}
        await foothold.leave()
        foothold.keep()
        assert not (folder / "control.sock").exists()
        lock.release()

    asyncio.run(main())
