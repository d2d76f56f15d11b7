"""Asking a device itself what it can do, once, where the kernel has no text of it (HATs, HDA, loopback).

``arecord --dump-hw-params`` opens the PCM, so it is never done to one that is open. Then it would record: ``-s 1`` ends
that after one sample. Exit code 1 is usual, as the device need not have arecord's default format.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from audio_rtsp.alsa.capability import parse_hw_params
from audio_rtsp.alsa.quirks import varies_capability
from audio_rtsp.capture.diagnosis import diagnose
from audio_rtsp.devices.device import Device, DeviceState
from audio_rtsp.devices.memory import DeviceMemory, Learnt, with_learnt
from audio_rtsp.devices.roster import Roster
from audio_rtsp.errors import ProgramMissing
from audio_rtsp.host import command
from audio_rtsp.host.shortage import starved

TIMEOUT = 3.0


def probe_argv(device: Device) -> tuple[str, ...]:
    """The command line that shows what a device can do."""
    where = f"hw:CARD={device.card_id},DEV={device.pcm}"
    return ("arecord", "--dump-hw-params", "-D", where, "-s", "1", "/dev/null")


def unknown_devices(roster: Roster) -> tuple[Device, ...]:
    """Devices to ask: wanted, closed, and of unknown capability or of one that varies."""
    askable = (DeviceState.FREE, DeviceState.REFUSED)
    closed = [one for one in roster.devices if one.state in askable and one.owner_pid is None]
    return tuple(one for one in closed if one.capability is None or varies_capability(one.driver))


def probe(devices: Iterable[Device], memory: DeviceMemory) -> DeviceMemory:
    """Ask each device; blocks up to three seconds for each."""
    return with_learnt(memory, {device.identity: _ask(device) for device in devices})


async def probe_async(devices: Iterable[Device], memory: DeviceMemory) -> DeviceMemory:
    """As :func:`probe`, all at once, with the event loop free meanwhile."""
    asked = tuple(devices)
    answers = await asyncio.gather(*(_ask_async(device) for device in asked))
    return with_learnt(memory, {device.identity: answer for device, answer in zip(asked, answers, strict=True)})


def _ask(device: Device) -> Learnt:
    try:
        return learn(command.run(probe_argv(device), timeout=TIMEOUT))
    except (ProgramMissing, OSError) as error:
        return _unasked(error)


async def _ask_async(device: Device) -> Learnt:
    try:
        return learn(await command.run_async(probe_argv(device), timeout=TIMEOUT))
    except (ProgramMissing, OSError) as error:
        return _unasked(error)


def learn(finished: command.Finished) -> Learnt:
    """The dump, wherever arecord printed it, else its complaint."""
    text = finished.stderr + finished.stdout
    capability = parse_hw_params(text)
    if capability is not None:
        return capability
    lines = [line for line in finished.stderr.split("\n") if line.strip()]
    return starved(finished.stderr) or diagnose(lines).line or f"arecord did not answer within {TIMEOUT:g} s"


def _unasked(error: Exception) -> str:
    return f"cannot be asked what it can do: {error}"
