"""Which devices become streams: what is there and what was, the settings, and the limit. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from audio_rtsp.config.load import Configuration
from audio_rtsp.config.settings import MAX_STREAMS
from audio_rtsp.devices.device import Device, DeviceState
from audio_rtsp.devices.roster import Roster, as_wished
from audio_rtsp.status import LeftOut
from audio_rtsp.supervision.plan import plan_stream
from audio_rtsp.supervision.reconcile import Wanted
from audio_rtsp.supervision.source import Source
from audio_rtsp.supervision.tone_source import ToneSource

FIRST_TONE = 440
TONE_STEP = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """Streams by identity, devices that are not streamed, and the devices seen so far in the order they came."""

    streams: Mapping[str, Wanted] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    seen: tuple[Device, ...] = ()


def decide_wants(
    roster: Roster,
    configuration: Configuration,
    *,
    seen: tuple[Device, ...],
    source_of: Callable[[Device], Source],
    tones: int | None,
) -> Wants:
    """*source_of* a device that is here; *tones*: how many; None = one while there is no device, 0 = never."""
    now = {device.identity: device for device in roster.devices if not _is_going(device, seen)}
    every = tuple(
        device if device.identity in now else as_wished(device, configuration.device_map, configuration.blacklist)
        for device in _arrivals(seen, now)
    )
    ordered = _in_map_order(_with_a_name_of_their_own(every, now), configuration)
    limit = configuration.service[MAX_STREAMS]
    streams = {
        device.identity: _wanted_device(device, source_of(device) if device.identity in now else None, configuration)
        for device in ordered[:limit]
    }
    count = tones if tones is not None else (0 if streams else 1)
    streams |= {f"tone-{number}": _wanted_tone(number, configuration) for number in range(1, count + 1)}
    return Wants(streams=streams, left_out=_left_out(tuple(now.values()), ordered[limit:], limit), seen=every)


def _is_going(device: Device, seen: tuple[Device, ...]) -> bool:
    """Whether it is a card without its PCM that had one: a device on its way out, not one that cannot capture."""
    return device.state is DeviceState.NO_CAPTURE and any(
        one.identity == device.identity and one.state is not DeviceState.NO_CAPTURE for one in seen
    )


def _arrivals(seen: tuple[Device, ...], now: Mapping[str, Device]) -> tuple[Device, ...]:
    """All devices in the order they came; those that are there as they are now."""
    earlier = [now.get(device.identity, device) for device in seen]
    known = {device.identity for device in seen}
    return (*earlier, *(device for key, device in now.items() if key not in known))


def _with_a_name_of_their_own(devices: Iterable[Device], now: Mapping[str, Device]) -> list[Device]:
    """Those that can be streams; a device that is away leaves its name to one that has it now."""
    usable = [device for device in devices if device.is_wanted]
    taken = {device.name for device in usable if device.identity in now}
    return [device for device in usable if device.identity in now or device.name not in taken]


def _in_map_order(devices: list[Device], configuration: Configuration) -> list[Device]:
    """The owner's map first, in its order, then as they came."""
    places = {entry.name: number for number, entry in enumerate(configuration.device_map.entries)}
    return sorted(devices, key=lambda device: places.get(device.name, len(places)))


def _wanted_device(device: Device, source: Source | None, configuration: Configuration) -> Wanted:
    capability = device.capability
    plan, complaints = plan_stream(
        name=device.name,
        identity=device.identity,
        description=device.description,
        values=configuration.for_stream(device.name),
        device_channels=capability.channel_counts if capability else (),
    )
    return Wanted(plan=plan, source=source, complaints=complaints)


def _wanted_tone(number: int, configuration: Configuration) -> Wanted:
    name, frequency = f"tone-{number}", FIRST_TONE + TONE_STEP * (number - 1)
    plan, complaints = plan_stream(
        name=name,
        identity=name,
        description=f"test tone of {frequency} Hz",
        values=configuration.for_stream(name),
        device_channels=(),
    )
    return Wanted(plan=plan, source=ToneSource(frequency=frequency), complaints=complaints)


def _left_out(devices: tuple[Device, ...], over: list[Device], limit: int) -> tuple[LeftOut, ...]:
    unwanted = [
        LeftOut(name=device.name, identity=device.identity, reason=f"{device.state}: {device.reason}")
        for device in devices
        if not device.is_wanted
    ]
    reason = f"over the limit: MAX_STREAMS is {limit}; those in device_map.conf come first, then as they were plugged"
    return (*unwanted, *(LeftOut(name=device.name, identity=device.identity, reason=reason) for device in over))
