from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.alsa.pcm import PcmStatus, Substream, parse_fields, parse_pcms, parse_status
from machines.machine import MACHINES, machine


def test_pcms_say_how_often_they_capture() -> None:
    pcms = parse_pcms((machine("20") / "proc/asound/pcm").read_text())
    assert [(pcm.card_index, pcm.device, pcm.capture) for pcm in pcms] == [
        (0, 0, 1),
        (0, 1, 1),
        (1, 0, 1),
        (1, 1, 0),
        (2, 0, 1),
    ]
    assert (pcms[1].id, pcms[1].name) == ("Intel ICH - MIC ADC", "Intel 82801AA-ICH - MIC ADC")


SOF = """00-03: HDMI 0 : HDMI 0 : playback 1
01-00: HDA Analog (*) :  : playback 1 : capture 1
01-03: HDMI1 (*) : HDMI 1 : playback 1
01-06: DMIC (*) :  : capture 1
01-07: DMIC16kHz (*) :  : capture 1
01-31: HDA Analog Deep Buffer (*) :  : playback 1
"""
"""A laptop with Intel's sound firmware, as several owners published theirs."""


def test_a_pcm_of_sound_firmware_has_an_empty_name() -> None:
    captures = [pcm for pcm in parse_pcms(SOF) if pcm.capture]
    assert [(pcm.device, pcm.id, pcm.name) for pcm in captures] == [
        (0, "HDA Analog (*)", ""),
        (6, "DMIC (*)", ""),
        (7, "DMIC16kHz (*)", ""),
    ]


def test_info_agrees_with_the_list() -> None:
    for root in MACHINES:
        for path in root.glob("proc/asound/card*/pcm*c/info"):
            info = parse_fields(path.read_text())
            listed = parse_pcms((root / "proc/asound/pcm").read_text())
            assert (int(info["card"]), int(info["device"]), info["id"], info["name"]) in {
                (pcm.card_index, pcm.device, pcm.id, pcm.name) for pcm in listed if pcm.capture
            }


def test_a_status_names_its_owner() -> None:
    running = parse_status((machine("03") / "proc/asound/card0/pcm0c/sub0/status").read_text())
    assert running == Substream("RUNNING", 366)
    assert parse_status("closed\n") == Substream("closed")
    assert parse_status("") == Substream("closed")
    assert parse_status("state: XRUN\nowner_pid   : -1\n") == Substream("XRUN", None)


def test_a_loopback_has_room_until_every_substream_is_open() -> None:
    closed, one, other = Substream("closed"), Substream("RUNNING", 1), Substream("XRUN", 2)
    assert (PcmStatus((closed, closed)).is_closed, PcmStatus((closed, closed)).owner_pid) == (True, None)
    half = PcmStatus((closed, one))
    assert (half.is_closed, half.has_room, half.owner_pid, half.state) == (False, True, 1, "RUNNING")
    full = PcmStatus((one, other))
    assert (full.has_room, full.owners) == (False, (1, 2))
    assert PcmStatus().has_room and PcmStatus().is_closed


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    parse_pcms(text)
    parse_status(text)


@given(st.text("0123456789:- \nstateownr_pidcapture[]", max_size=200))
def test_no_near_text_is_too_strange(text: str) -> None:
    parse_pcms(text)
    parse_status(text)
