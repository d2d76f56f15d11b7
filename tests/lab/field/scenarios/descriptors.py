"""Each property of a simulated microphone, as the kernel and ``lsusb -v`` read it: readers that we did not write."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lab.machine.hardware import PORTS
from lab.microphone.microphone import NO_STRINGS, AudioClass, Microphone, Speed, Strings

from field.box import Box
from field.sabotage import STRANGER
from field.scenario import scenario
from field.stage import Stage

UAC2 = AudioClass.UAC2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A device, and what must stand in ``lsusb -v`` (blanks count as one) and in the card's stream0."""

    microphone: Microphone
    lsusb: tuple[str, ...]
    stream: tuple[str, ...] = ()


READINGS = (
    Reading(
        microphone=Microphone(vendor=0x1234, product=0xABCD, release=0x0203, serial="S-1"),
        lsusb=(
            "idVendor 0x1234",
            "idProduct 0xabcd",
            "bcdDevice 2.03",
            "iManufacturer 1 Lab Audio",
            "iProduct 2 Lab Microphone",
            "iSerial 3 S-1",
            "bcdUSB 1.10",
            "bcdADC 1.00",
            "wMaxPacketSize 0x0062",
        ),
        stream=("full speed", "Format: S16_LE", "Channels: 1", "Rates: 48000"),
    ),
    Reading(
        microphone=Microphone(strings=NO_STRINGS, channels=2, bits=24, rates=(16000, 44100), mixer=False),
        lsusb=(
            "iManufacturer 0",
            "iProduct 0",
            "iSerial 0",
            "bNrChannels 2",
            "bBitResolution 24",
            "tSamFreq[ 0] 16000",
            "tSamFreq[ 1] 44100",
        ),
        stream=("Format: S24_3LE", "Channels: 2", "Rates: 16000, 44100"),
    ),
    Reading(
        microphone=Microphone(strings=Strings(product="Größe 大"), speed=Speed.HIGH, playback=True),
        lsusb=(
            "bNumInterfaces 3",
            "bInterval 4",
            "bEndpointAddress 0x02 EP 2 OUT",
            "FEATURE_UNIT",
            "Synch Type Adaptive",
        ),
        stream=("high speed", "Playback:", "Capture:"),
    ),
    Reading(
        microphone=Microphone(uac=UAC2, channels=2, bits=32, rates=(48000, 96000), serial="U2"),
        lsusb=(
            "bcdUSB 2.00",
            "bcdADC 2.00",
            "bFunctionProtocol 32",
            "CLOCK_SOURCE",
            "bSubslotSize 4",
            "bBitResolution 32",
            "bNrChannels 2",
        ),
        stream=("high speed", "Format: S32_LE", "Rates: 48000, 96000"),
    ),
    Reading(
        microphone=Microphone(uac=UAC2, playback=True, rates=(44100, 48000)),
        lsusb=(
            "bNumInterfaces 3",
            "bInterfaceCount 3",
            "FEATURE_UNIT",
            "bEndpointAddress 0x02 EP 2 OUT",
            "Synch Type Adaptive",
            "wMaxPacketSize 0x00c4",
        ),
        stream=("high speed", "Playback:", "Capture:", "Rates: 44100, 48000"),
    ),
    Reading(
        microphone=Microphone(uac=UAC2, bits=24, mixer=False, serial="U3"),
        lsusb=("bcdADC 2.00", "bSubslotSize 3", "bBitResolution 24", "CLOCK_SOURCE"),
        stream=("high speed", "Format: S24_3LE", "Rates: 48000"),
    ),
    Reading(
        microphone=Microphone(uac=UAC2, speed=Speed.FULL, serial="U4"),
        lsusb=("bcdUSB 1.10", "bcdADC 2.00", "bFunctionProtocol 32", "bInterval 1"),
        stream=("full speed", "Format: S16_LE", "Rates: 48000"),
    ),
    Reading(
        microphone=Microphone(captures=2),
        lsusb=("bNumInterfaces 3", "bEndpointAddress 0x81 EP 1 IN", "bEndpointAddress 0x82 EP 2 IN"),
    ),
)


@scenario("descriptors", STRANGER)
def descriptors(stage: Stage) -> None:
    """Nothing is complained about, and everything reads as it was declared."""
    with stage.box(config=None) as box:
        for number, reading in enumerate(READINGS):
            _read(box, number % PORTS, reading)


def _read(box: Box, port: int, reading: Reading) -> None:
    box.plug(port, reading.microphone)
    box.until(lambda: box.guest.card_count() == 1, 8, f"a card of {reading.microphone}")
    device = f"{reading.microphone.vendor:04x}:{reading.microphone.product:04x}"
    box.until(lambda: box.guest.run(f"lsusb -d {device}").stdout, 3, "lsusb lists it")
    lsusb = re.sub(r"[ \t]+", " ", box.guest.check(f"lsusb -v -d {device} 2>&1"))
    for words in reading.lsusb:
        assert words in lsusb, f"{words!r} is not in what lsusb says: {lsusb}"
    assert ("FEATURE_UNIT" in lsusb) == reading.microphone.mixer, f"the feature unit is not as declared: {lsusb}"
    assert "Warning" not in lsusb and "invalid" not in lsusb, lsusb
    stream = box.guest.check("cat /proc/asound/card*/stream0")
    for words in reading.stream:
        assert words in stream, f"{words!r} is not in what the kernel says: {stream}"
    has_mixer = "Mic" in box.guest.run("amixer -c 0 scontrols").stdout
    assert has_mixer == reading.microphone.mixer, "the mixer is not as declared"
    box.unplug(port)
    box.until(lambda: box.guest.card_count() == 0, 5, "the card is gone")
