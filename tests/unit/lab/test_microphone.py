"""Descriptors, control answers and samples of a simulated microphone, read by a reader of its own."""

from __future__ import annotations

import struct
import wave
from array import array
from dataclasses import replace
from pathlib import Path

import pytest
from lab.microphone.control import Controls, Request
from lab.microphone.descriptor import configuration_descriptor, device_descriptor, string_descriptor
from lab.microphone.layout import CLOCK
from lab.microphone.microphone import NO_STRINGS, AudioClass, Microphone, Speed, Strings
from lab.microphone.pattern import Clicks, Count, Noise, Sine, Speech, Stuck, silence
from lab.microphone.sound import Sound, render_period

UAC1 = Microphone()
UAC2 = Microphone(uac=AudioClass.UAC2)
EVERY_SHAPE = [
    replace(base, channels=channels, bits=bits, mixer=mixer, playback=playback)
    for base in (UAC1, UAC2)
    for channels in (1, 2)
    for bits in (16, 24, 32)
    for mixer in (True, False)
    for playback in (True, False)
]


def walk(configuration: bytes) -> list[bytes]:
    """Every descriptor by its own length."""
    found, at = [], 0
    while at < len(configuration):
        assert configuration[at] >= 2, f"no length at {at}"
        found.append(configuration[at : at + configuration[at]])
        at += configuration[at]
    assert at == len(configuration)
    return found


def of_kind(microphone: Microphone, kind: int, subtype: int | None = None) -> list[bytes]:
    parts = walk(configuration_descriptor(microphone))
    return [part for part in parts if part[1] == kind and (subtype is None or part[2] == subtype)]


@pytest.mark.parametrize("microphone", EVERY_SHAPE)
def test_lengths_and_counts_agree_with_what_is_there(microphone: Microphone) -> None:
    whole = configuration_descriptor(microphone)
    assert struct.unpack_from("<H", whole, 2)[0] == len(whole)
    interfaces = {part[2] for part in of_kind(microphone, 4)}
    assert whole[4] == len(interfaces) == 2 + microphone.playback
    for part in of_kind(microphone, 4):
        following = walk(whole)[walk(whole).index(part) + 1 :]
        endpoints = 0
        for other in following:
            if other[1] == 4:
                break
            endpoints += other[1] == 5
        assert endpoints == part[4]


@pytest.mark.parametrize("microphone", EVERY_SHAPE)
def test_the_length_of_the_class_header_covers_all_entities(microphone: Microphone) -> None:
    parts = walk(configuration_descriptor(microphone))
    header = next(part for part in parts if part[1] == 0x24 and part[2] == 1)
    offset = 5 if microphone.uac is AudioClass.UAC1 else 6
    start = parts.index(header)
    end = next(number for number in range(start + 1, len(parts)) if parts[number][1] == 4)
    assert struct.unpack_from("<H", header, offset)[0] == sum(len(part) for part in parts[start:end])


@pytest.mark.parametrize("microphone", EVERY_SHAPE)
def test_every_source_that_is_named_exists(microphone: Microphone) -> None:
    start_of_source = {2: None, 3: 7, 6: 4, 0x0A: None}
    parts = walk(configuration_descriptor(microphone))
    first_stream = next(number for number, part in enumerate(parts) if part[1] == 4 and part[6] == 2)
    entities = [part for part in parts[:first_stream] if part[1] == 0x24 and part[2] in start_of_source]
    known = {part[3] for part in entities}
    assert len(known) == len(entities)
    for part in entities:
        at = start_of_source[part[2]]
        assert at is None or part[at] in known
    assert any(part[2] == 6 for part in entities) == microphone.mixer


@pytest.mark.parametrize(("bits", "channels"), [(16, 1), (24, 2), (32, 1)])
def test_format_says_channels_and_bits(bits: int, channels: int) -> None:
    one = of_kind(replace(UAC1, bits=bits, channels=channels), 0x24, 2)[-1]
    assert (one[4], one[5], one[6]) == (channels, bits // 8, bits)
    two = of_kind(replace(UAC2, bits=bits, channels=channels), 0x24, 2)[-1]
    assert (two[4], two[5]) == (bits // 8, bits)


def test_rates_of_class_1_stand_in_the_format() -> None:
    part = of_kind(replace(UAC1, rates=(16000, 44100, 48000)), 0x24, 2)[-1]
    rates = [int.from_bytes(part[8 + 3 * number : 11 + 3 * number], "little") for number in range(part[7])]
    assert rates == [16000, 44100, 48000]


def test_rates_of_class_2_are_the_clock_s_range() -> None:
    controls = Controls(replace(UAC2, rates=(48000, 96000)))
    asked = Request(kind=0xA1, number=2, value=0x0100, index=CLOCK << 8, length=255)
    assert struct.unpack("<HIIIIII", controls.answer(asked) or b"") == (2, 48000, 48000, 0, 96000, 96000, 0)


def test_a_packet_may_hold_one_frame_more_than_nominal() -> None:
    endpoint = of_kind(replace(UAC1, rates=(44100,), channels=2), 5)[0]
    assert struct.unpack_from("<H", endpoint, 4)[0] == 45 * 4


def test_speed_decides_the_interval() -> None:
    assert of_kind(UAC1, 5)[0][6] == 1
    assert of_kind(replace(UAC1, speed=Speed.HIGH), 5)[0][6] == 4


def test_a_second_capture_is_a_third_interface() -> None:
    numbers = [part[2] for part in of_kind(replace(UAC1, captures=2), 4) if part[3] == 1]
    addresses = [part[2] for part in of_kind(replace(UAC1, captures=2), 5)]
    assert numbers == [1, 2] and addresses == [0x81, 0x82]


def test_a_headset_of_class_2_plays_at_the_rate_of_its_clock() -> None:
    endpoints = of_kind(replace(UAC2, playback=True, rates=(48000, 96000)), 5)
    sizes = {part[2]: struct.unpack_from("<H", part, 4)[0] for part in endpoints}
    assert sizes == {0x81: 97 * 2, 0x02: 97 * 4}


def test_every_feature_unit_has_a_volume_and_nothing_else_has() -> None:
    for base in (UAC1, UAC2):
        microphone = replace(base, captures=2, playback=True)
        controls = Controls(microphone)
        units = {part[3] for part in of_kind(microphone, 0x24, 6)}
        write = Request(kind=0x21, number=1, value=0x0200, index=0, length=2, data=b"\0\0")
        has_volume = {entity for entity in range(256) if controls.answer(replace(write, index=entity << 8)) is not None}
        assert has_volume - {CLOCK} == units == {2, 12}


def test_the_release_of_a_device_is_its_bcd() -> None:
    assert device_descriptor(Microphone(release=0x0203))[12:14] == b"\x03\x02"


def test_the_device_names_itself_only_as_far_as_it_has_strings() -> None:
    named = device_descriptor(Microphone(vendor=0x046D, product=0x0825, serial="X"))
    assert struct.unpack_from("<HH", named, 8) == (0x046D, 0x0825) and tuple(named[14:17]) == (1, 2, 3)
    assert tuple(device_descriptor(Microphone(strings=NO_STRINGS))[14:17]) == (0, 0, 0)


def test_strings_are_utf_16() -> None:
    microphone = Microphone(strings=Strings(product="Größe"))
    coded = string_descriptor(microphone, 2)
    assert coded and coded[0] == len(coded) and coded[2:].decode("utf-16-le") == "Größe"
    assert string_descriptor(microphone, 3) is None


def test_an_answer_is_cut_to_what_was_asked_for() -> None:
    asked = Request(kind=0x80, number=6, value=0x0200, index=0, length=9)
    assert len(Controls(UAC1).answer(asked) or b"") == 9


def test_a_rate_that_is_set_is_the_rate() -> None:
    controls = Controls(replace(UAC1, rates=(44100, 48000)))
    data = (48000).to_bytes(3, "little")
    assert controls.answer(Request(kind=0x22, number=1, value=0x0100, index=0x81, length=3, data=data)) == b""
    assert controls.rate == 48000


def test_a_volume_is_remembered_and_a_microphone_without_mixer_has_none() -> None:
    write = Request(kind=0x21, number=1, value=0x0200, index=2 << 8, length=2, data=b"\x00\xf0")
    read = replace(write, kind=0xA1, number=0x81, data=b"")
    controls = Controls(UAC1)
    assert controls.answer(write) == b"" and controls.answer(read) == b"\x00\xf0"
    assert Controls(replace(UAC1, mixer=False)).answer(read) is None


def test_one_second_has_exactly_the_rate_in_frames() -> None:
    for rate in (16000, 44100, 48000):
        sound = Sound(replace(UAC1, pattern=Count()), rate)
        assert sum(len(sound.packet()) for _ in range(1000)) == 2 * rate


def test_a_fast_clock_gives_more() -> None:
    sound = Sound(replace(UAC1, clock_ppm=1000.0), 48000)
    assert abs(sum(len(sound.packet()) // 2 for _ in range(1000)) - 48048) <= 1


def test_the_count_goes_on_over_the_end_of_its_period() -> None:
    sound = Sound(replace(UAC1, pattern=Count()), 48000)
    samples = array("h", b"".join(sound.packet() for _ in range(1000)))
    assert samples == array("h", [number & 0x7FFF or -(number >> 15) - 1 for number in range(48000)])


def test_wide_samples_carry_the_sixteen_bits_on_top() -> None:
    assert render_period(replace(UAC1, bits=24, pattern=Stuck(0x1234)), 8000)[:6] == b"\x00\x34\x12\x00\x34\x12"
    assert render_period(replace(UAC1, bits=32, pattern=Stuck(-2)), 8000)[:4] == b"\x00\x00\xfe\xff"


def test_channels_are_interleaved() -> None:
    samples = array("h", render_period(replace(UAC1, channels=2, pattern=Count()), 48000))
    assert list(samples[:4]) == [-1, 0x7FFF, 1, 0x7FFE]


def test_patterns_are_what_they_say(tmp_path: Path) -> None:
    assert max(Sine(440, 3.0).period(8000, 0)) == 32767
    assert set(silence().period(8000, 0)) == {0} and set(Stuck(7).period(8000, 0)) == {7}
    assert set(Noise(2).period(8000, 0)) == {-2, -1, 0, 1, 2}
    assert sum(1 for sample in Clicks(4).period(8000, 0) if sample) == 4
    path = tmp_path / "speech.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(array("h", range(800)).tobytes())
    assert list(Speech(path).period(16000, 0)[:5]) == [0, 0, 1, 1, 2]
