"""A device in words for people, and as a JSON value for programs."""

from __future__ import annotations

from collections.abc import Sequence

from audio_rtsp.alsa.capability import Capability, RateList, Rates
from audio_rtsp.devices.device import Device, DeviceState
from audio_rtsp.devices.memory_text import rates_value

HEADER = ("name", "card", "sound", "state")


def device_value(device: Device) -> dict[str, object]:
    """One object of ``device list --json``; ``device`` is the number of the PCM, null for a card without capture."""
    capability = device.capability
    return {
        "identity": device.identity,
        "name": device.name,
        "card_id": device.card_id,
        "card_index": device.card_index,
        "device": device.pcm,
        "description": device.description,
        "bus": device.bus,
        "port": device.port,
        "formats": list(capability.formats) if capability else [],
        "rates": rates_value(capability.rates) if capability else [],
        "channels": list(capability.channel_counts) if capability else [],
        "state": device.state.value,
        "reason": device.reason,
        "owner_pid": device.owner_pid,
    }


def device_row(device: Device) -> tuple[str, ...]:
    """One row under HEADER."""
    return device.name or "-", card(device), sound(device), device.state.value


def reason_line(device: Device) -> str:
    """The reason of a state that is not free, below the table, where it has room; else empty."""
    by = "ignored by " if device.state is DeviceState.IGNORED else ""
    return f"{device.name or device.card_id}: {by}{device.reason}" if device.reason else ""


def device_lines(device: Device) -> list[str]:
    """All about one device, a line each."""
    rows = [
        ("name", device.name or "-"),
        ("device", device.description),
        ("identity", device.identity),
        ("place", f"{device.port or 'not known'} ({device.bus or 'bus not known'})"),
        ("card", f"{where(device)} (card {device.card_index} now)"),
        *_capability_rows(device),
        ("state", f"{device.state}: {device.reason}" if device.reason else device.state.value),
    ]
    return [f"{label:<10}{text}" for label, text in rows]


def card(device: Device) -> str:
    """``Device_1``, and the number of the PCM when it is not 0: ``Loopback,1``."""
    return f"{device.card_id},{device.pcm}" if device.pcm else device.card_id


def where(device: Device) -> str:
    """How ALSA calls it: ``hw:Device_1,0``."""
    return f"hw:{device.card_id}" if device.pcm is None else f"hw:{device.card_id},{device.pcm}"


def sound(device: Device) -> str:
    """``stereo 44.1-96 kHz``."""
    if device.capability is None:
        return "-" if device.pcm is None else "not known"
    return f"{_channels(device.capability.channel_counts)} {_rates(device.capability.rates)}"


def _capability_rows(device: Device) -> list[tuple[str, str]]:
    if device.capability is None:
        return [("sound", sound(device))]
    return [
        ("sound" if at == 0 else "", _choice(device.capability, at)) for at in range(len(device.capability.altsets))
    ]


def _choice(capability: Capability, at: int) -> str:
    altset = capability.altsets[at]
    rates = altset.rates
    hertz = ", ".join(map(str, rates.values)) if isinstance(rates, RateList) else f"{rates.low} to {rates.high}"
    return f"{' '.join(altset.formats)}, {_channels(altset.channels)}, {hertz} Hz"


def _channels(counts: Sequence[int]) -> str:
    if tuple(counts) in ((1,), (2,)):
        return "mono" if counts[0] == 1 else "stereo"
    return f"{counts[0]} ch" if len(counts) == 1 else f"{counts[0]}-{counts[-1]} ch"


def _rates(rates: Rates) -> str:
    low, high = (rates.values[0], rates.values[-1]) if isinstance(rates, RateList) else (rates.low, rates.high)
    return f"{low / 1000:g} kHz" if low == high else f"{low / 1000:g}-{high / 1000:g} kHz"
