"""Asking a device itself what it can do, once, where the kernel has no text of it (HATs, HDA, loopback).

``arecord --dump-hw-params`` opens the PCM, so it is never done to one that is open. Then it would record: ``-s 1`` ends
that after one sample. Exit code 1 is usual, as the device need not have arecord's default format.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from audio_rtsp.alsa.capability import parse_hw_params
from audio_rtsp.alsa.quirks import varies_capability
from audio_rtsp.capture.diagnosis import diagnose
from audio_rtsp.devices.device import Device, DeviceState
from audio_rtsp.devices.memory import DeviceMemory, Learnt, with_learnt
from audio_rtsp.devices.roster import Roster
from audio_rtsp.errors import ProgramMissing
from audio_rtsp.host.command import Finished, run_async
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


async def probe(devices: Sequence[Device], memory: DeviceMemory) -> DeviceMemory:
    """Ask all devices at once; takes up to three seconds."""
    answers = await asyncio.gather(*map(_ask, devices))
    return with_learnt(memory, {device.identity: answer for device, answer in zip(devices, answers, strict=True)})


async def _ask(device: Device) -> Learnt:
    try:
        return learn(await run_async(probe_argv(device), timeout=TIMEOUT))
    except (ProgramMissing, OSError) as error:
        return f"cannot be asked what it can do: {error}"


def learn(finished: Finished) -> Learnt:
    """The dump, wherever arecord printed it, else its complaint."""
    text = finished.stderr + finished.stdout
    capability = parse_hw_params(text)
    if capability is not None:
        return capability
    lines = [line for line in finished.stderr.split("\n") if line.strip()]
    return starved(finished.stderr) or diagnose(lines).line or f"arecord did not answer within {TIMEOUT:g} s"
