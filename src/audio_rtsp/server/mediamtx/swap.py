"""The copy is exchanged under a running server, and put back when the server does not come up on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from audio_rtsp.host.atomic_file import write_atomic
from audio_rtsp.server.mediamtx.conf_files import SECRET_MODE, ConfFiles, read_copy
from audio_rtsp.server.mediamtx.readback import Expectation, answers, api_port, until

BETWEEN_SWAPS = 1.2
"""Seconds: the server drops a change that follows the last one within 1 s (internal/confwatcher, all versions)."""
TAKEN_WITHIN = 2.0
RESTARTED_WITHIN = 15.0
"""Seconds: its unit starts it again after 1 s, and a small board needs a few for it."""
STEADY = 0.5
"""Seconds after which it must still be up: what it finds wrong late ends it within some 20 ms."""


class Landing(StrEnum):
    """What came of the exchange."""

    TAKEN = "taken"
    NOT_RUNNING = "not running"
    PUT_BACK = "put back"


def swap(files: ConfFiles, text: str) -> Landing:
    """Put *text* in the place of the copy; a server that runs on it has taken it, or has the old one back. May wait.

    One that does not run is looked at by :func:`settle`, when it is started.
    """
    return asyncio.run(_swap(files, text))


def settle(files: ConfFiles, is_alive: Callable[[], bool]) -> Landing:
    """Wait for a server that was started on a copy that none has run on yet; when it ends, or does not come up in time,
    the last good one is put back.
    """
    text, before = files.read_checked(), read_copy(files.last_good)
    if text is None or before is None or text == before or asyncio.run(_comes_up(text, is_alive)):
        files.last_good.unlink(missing_ok=True)
        return Landing.TAKEN
    _write(files.checked, before)
    files.last_good.unlink()
    return Landing.PUT_BACK


async def _swap(files: ConfFiles, text: str) -> Landing:
    before = files.read_checked()
    was_up = before is not None and await answers(api_port(before))
    if before is not None and (was_up or not files.last_good.exists()):
        _write(files.last_good, before)
    if before is None or not was_up:
        _write(files.checked, text)
        return Landing.NOT_RUNNING
    overridden = await Expectation(before).missed() or frozenset()
    await asyncio.sleep(BETWEEN_SWAPS)
    _write(files.checked, text)
    if await _is_taken(files.checked, text, Expectation(text, overridden), api_port(before)):
        files.last_good.unlink()
        return Landing.TAKEN
    _write(files.checked, before)
    await until(Expectation(before, overridden).is_met, RESTARTED_WITHIN)
    files.last_good.unlink()
    return Landing.PUT_BACK


async def _comes_up(text: str, is_alive: Callable[[], bool]) -> bool:
    expected = Expectation(text)

    async def is_decided() -> bool:
        return await expected.is_met() or not is_alive()

    await until(is_decided, RESTARTED_WITHIN)
    await asyncio.sleep(STEADY)
    return await expected.is_met()


async def _is_taken(copy: Path, text: str, expected: Expectation, old_port: int) -> bool:
    is_met = await until(expected.is_met, TAKEN_WITHIN)
    if not is_met and await answers(old_port):  # it lives and has not seen the change
        _write(copy, text)
        is_met = await until(expected.is_met, TAKEN_WITHIN)
    if not is_met:
        return False
    await asyncio.sleep(STEADY)
    return await expected.is_met()


def _write(copy: Path, text: str) -> None:
    write_atomic(copy, text.encode(), mode=SECRET_MODE)
