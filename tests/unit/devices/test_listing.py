from __future__ import annotations

import json

import pytest

from audio_rtsp.alsa.capability import Altset, Capability, RateList, RateRange
from audio_rtsp.config.load import Configuration
from audio_rtsp.devices.device import Device, DeviceState
from audio_rtsp.devices.listing import card, device_lines, device_value, reason_line, sound
from audio_rtsp.devices.look import look
from audio_rtsp.devices.memory import DeviceMemory
from machines.machine import MACHINES


def device(*altsets: Altset, **more: object) -> Device:
    fields: dict[str, object] = {
        "identity": "id", "name": "mic", "card_id": "Mic", "card_index": 3, "pcm": 0,
        "description": "A Mic", "bus": "usb", "port": "usb-0:1",
        "capability": Capability(altsets) if altsets else None,
    }  # fmt: skip
    return Device(**{**fields, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("channels", "rates", "words"),
    [
        ((1,), RateList((48000,)), "mono 48 kHz"),
        ((2,), RateList((44100, 96000)), "stereo 44.1-96 kHz"),
        ((1, 2), RateRange(5500, 48000), "1-2 ch 5.5-48 kHz"),
        ((4,), RateRange(8000, 8001), "4 ch 8-8.001 kHz"),
    ],
)
def test_sound_in_few_words(channels: tuple[int, ...], rates: RateList | RateRange, words: str) -> None:
    assert sound(device(Altset(formats=("S16_LE",), channels=channels, rates=rates))) == words


def test_what_is_not_known_is_said_so() -> None:
    assert sound(device()) == "not known"
    assert sound(device(pcm=None)) == "-"


def test_a_further_pcm_shows_its_number() -> None:
    assert (card(device()), card(device(pcm=1)), card(device(pcm=None))) == ("Mic", "Mic,1", "Mic")


def test_reasons_stand_below_the_table() -> None:
    assert reason_line(device()) == ""
    busy = device(state=DeviceState.BUSY, reason="held by arecord (pid 7)")
    assert reason_line(busy) == "mic: held by arecord (pid 7)"
    ignored = device(name="", state=DeviceState.IGNORED, reason="device_blacklist.conf:4: HDMI")
    assert reason_line(ignored) == "Mic: ignored by device_blacklist.conf:4: HDMI"


def test_every_choice_of_a_device_is_a_line() -> None:
    first = Altset(formats=("S16_LE", "S32_LE"), channels=(1,), rates=RateList((8000, 48000)))
    second = Altset(formats=("S24_3LE",), channels=(2,), rates=RateRange(8000, 96000))
    lines = device_lines(device(first, second))
    assert "sound     S16_LE S32_LE, mono, 8000, 48000 Hz" in lines
    assert "          S24_3LE, stereo, 8000 to 96000 Hz" in lines


@pytest.mark.parametrize("root", MACHINES, ids=lambda path: path.name)
def test_every_machine_is_listed_as_agreed(root) -> None:  # type: ignore[no-untyped-def]
    devices = look(root, Configuration(), DeviceMemory()).roster.devices
    assert [device_value(one) for one in devices] == json.loads((root / "expected.json").read_text())
