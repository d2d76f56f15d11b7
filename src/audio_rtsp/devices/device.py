"""One device as the rest of the program sees it: its identity and name, and whether it can be captured from now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from audio_rtsp.alsa.capability import Capability
from audio_rtsp.alsa.identity import IdentifiedPcm
from audio_rtsp.alsa.inventory import CapturePcm, SoundCard
from audio_rtsp.devices.memory import DeviceMemory


class DeviceState(StrEnum):
    """What stands between a device and its stream; ``streamed``: by our own running program."""

    FREE = "free"
    BUSY = "busy"
    STREAMED = "streamed"
    IGNORED = "ignored"
    NO_CAPTURE = "no-capture"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One capture PCM, or a card without any (``pcm`` None, no name). ``reason`` tells why the state is not free.

    ``capability`` None: not known yet. ``owner_pid``: who has it open, also where another one can open it, too.
    """

    identity: str
    name: str
    card_id: str
    card_index: int
    pcm: int | None
    description: str
    bus: str
    port: str
    capability: Capability | None = None
    state: DeviceState = DeviceState.FREE
    reason: str = ""
    owner_pid: int | None = None
    card_name: str = ""
    driver: str = ""

    @property
    def is_wanted(self) -> bool:
        """Whether it is to be published, free just now or not."""
        return self.state not in (DeviceState.IGNORED, DeviceState.NO_CAPTURE)


def capture_device(pcm: CapturePcm, identified: IdentifiedPcm, name: str, memory: DeviceMemory) -> Device:
    """The device behind a capture PCM; what the kernel does not say of it, the memory may know."""
    capability = pcm.capability or memory.capabilities.get(identified.identity)
    state, reason = _condition(pcm, "" if capability else memory.troubles.get(identified.identity, ""))
    card = pcm.sound_card.card
    return Device(
        identity=identified.identity,
        name=name,
        card_id=card.id,
        card_index=card.index,
        pcm=pcm.pcm.device,
        description=_description(pcm, identified.is_further),
        bus=pcm.sound_card.port.bus,
        port=pcm.sound_card.port.text,
        capability=capability,
        state=state,
        reason=reason,
        owner_pid=pcm.status.owner_pid,
        card_name=card.name,
        driver=card.driver,
    )


def card_without_capture(sound_card: SoundCard, identity: str) -> Device:
    """A card that only plays: listed with its reason, so that nobody looks for it in vain."""
    card = sound_card.card
    return Device(
        identity=identity,
        name="",
        card_id=card.id,
        card_index=card.index,
        pcm=None,
        description=_card_description(sound_card),
        bus=sound_card.port.bus,
        port=sound_card.port.text,
        state=DeviceState.NO_CAPTURE,
        reason=sound_card.reason,
        card_name=card.name,
        driver=card.driver,
    )


def seen_streamed(device: Device, captures: Mapping[int, str]) -> Device:
    """The same device, called streamed where one of our own *captures* (pid to stream) holds it."""
    stream = captures.get(device.owner_pid or 0)
    return replace(device, state=DeviceState.STREAMED, reason=f"as {stream}") if stream else device


def held_by(holder: str, pid: int | None) -> str:
    """``held by arecord (pid 366)``, as far as it is known."""
    return f"held by {holder or 'another program'}" + (f" (pid {pid})" if pid is not None else "")


def _condition(pcm: CapturePcm, trouble: str) -> tuple[DeviceState, str]:
    if not pcm.status.has_room:
        return DeviceState.BUSY, held_by(pcm.holder, pcm.status.owner_pid)
    return (DeviceState.REFUSED, trouble) if trouble else (DeviceState.FREE, "")


def _description(pcm: CapturePcm, is_further: bool) -> str:
    whole = _card_description(pcm.sound_card)
    own = pcm.pcm.name or pcm.pcm.id.removesuffix(" (*)")
    return own if is_further and own not in ("", whole) else whole


def _card_description(sound_card: SoundCard) -> str:
    return sound_card.product or sound_card.card.name or sound_card.card.id
