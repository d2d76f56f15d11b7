"""Devices are asked with a real executable in arecord's place, and with the real one as far as that goes here."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import time
from pathlib import Path

import pytest

from audio_rtsp.alsa.capability import RateList, RateRange, parse_hw_params
from audio_rtsp.config.blacklist import Blacklist, BlacklistEntry
from audio_rtsp.config.load import Configuration
from audio_rtsp.devices import probe
from audio_rtsp.devices.look import Looked, look, look_and_ask
from audio_rtsp.devices.memory import DeviceMemory
from audio_rtsp.host.command import run
from machines.machine import machine, without_proc

STAND_IN = """#!/bin/sh
echo "$@" >> "$ARECORD_CALLS"
case "$3" in
{cases}
*) echo "arecord: main:831: audio open error: No such file or directory" >&2; exit 1;;
esac
"""


def looked_and_asked(root: Path, configuration: Configuration, memory: DeviceMemory) -> Looked:
    return asyncio.run(look_and_ask(root, configuration, memory))


class Arecord:
    """A stand-in on PATH that answers with what the real one printed on the captured machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls_file = folder / "calls"

    def install(self, **answers: str) -> None:
        cases = "\n".join(f"*CARD={card},DEV=0) {answer};;" for card, answer in answers.items())
        program = self.folder / "arecord"
        program.write_text(STAND_IN.format(cases=cases))
        program.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return sorted(self.calls_file.read_text().splitlines()) if self.calls_file.exists() else []


@pytest.fixture
def arecord(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Arecord:
    folder = tmp_path / "bin"
    folder.mkdir()
    stand_in = Arecord(folder)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("ARECORD_CALLS", str(stand_in.calls_file))
    return stand_in


def witness(number: str, card: int) -> str:
    return f"{machine(number)}/witness/card{card}.dump_hw_params"


def dump(number: str, card: int) -> str:
    return f"cat '{witness(number, card)}' >&2; exit 1"


def test_what_the_kernel_does_not_say_is_asked_once_and_kept(arecord: Arecord) -> None:
    arecord.install(Loopback=dump("10", 0), Dummy=dump("10", 1))
    looked = looked_and_asked(machine("10"), Configuration(), DeviceMemory())
    loopback, further, dummy = looked.roster.devices
    assert loopback.capability is not None and loopback.capability.rates == RateRange(8000, 192000)
    assert dummy.capability is not None and dummy.capability.formats == ("U8", "S16_LE")
    assert (further.state.value, further.capability) == ("refused", None)
    assert "No such file or directory" in further.reason
    assert arecord.calls == [
        "--dump-hw-params -D hw:CARD=Dummy,DEV=0 -s 1 /dev/null",
        "--dump-hw-params -D hw:CARD=Loopback,DEV=0 -s 1 /dev/null",
        "--dump-hw-params -D hw:CARD=Loopback,DEV=1 -s 1 /dev/null",
    ]
    again = looked_and_asked(machine("10"), Configuration(), looked.memory)
    assert again.roster.devices[2].capability == dummy.capability
    assert not any("Dummy" in call for call in arecord.calls[3:]), "one that has answered is not asked again"


def test_a_loopback_is_asked_anew_as_it_can_do_what_its_player_does(arecord: Arecord) -> None:
    arecord.install(Loopback=dump("10", 0), Dummy=dump("10", 1))
    looked = looked_and_asked(machine("10"), Configuration(), DeviceMemory())
    arecord.install(Loopback=f"{{ sed 's/^RATE: .*/RATE: 48000/' {shlex.quote(witness('10', 0))} >&2; exit 1; }}")
    again = looked_and_asked(machine("10"), Configuration(), looked.memory)
    assert again.roster.devices[0].capability is not None
    assert again.roster.devices[0].capability.rates == RateList((48000,))
    assert again.memory.capabilities["platform-snd_aloop.0"] == again.roster.devices[0].capability


def test_an_open_device_is_never_asked(arecord: Arecord) -> None:
    arecord.install()
    looked_and_asked(machine("11"), Configuration(), DeviceMemory())
    assert not any("DEV=1" in call for call in arecord.calls)
    assert len(arecord.calls) == 2


def test_where_the_kernel_has_a_text_nobody_is_asked(arecord: Arecord) -> None:
    arecord.install()
    looked_and_asked(machine("04"), Configuration(), DeviceMemory())
    assert arecord.calls == []


def test_an_ignored_device_is_left_alone(arecord: Arecord) -> None:
    arecord.install()
    ignored = Configuration(blacklist=Blacklist((BlacklistEntry(text="Dummy", line=1),)))
    looked_and_asked(machine("10"), ignored, DeviceMemory())
    assert not any("Dummy" in call for call in arecord.calls)


def test_in_a_container_every_device_is_asked(arecord: Arecord, tmp_path: Path) -> None:
    arecord.install(**dict.fromkeys(("One", "Stereo", "Device", "Device_1"), dump("04", 0)))
    root = without_proc("04", tmp_path)
    assert all(one.capability for one in looked_and_asked(root, Configuration(), DeviceMemory()).roster.devices)


def test_a_device_that_does_not_answer_costs_the_time_and_no_more(
    arecord: Arecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "TIMEOUT", 0.3)
    arecord.install(Dummy="exec sleep 60", Loopback=dump("10", 0))
    started = time.monotonic()
    looked = looked_and_asked(machine("10"), Configuration(), DeviceMemory())
    assert time.monotonic() - started < 5
    assert looked.memory.troubles["platform-snd_dummy.0"] == "arecord did not answer within 0.3 s"


def test_without_arecord_the_reason_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setpriv = shutil.which("setpriv")
    assert setpriv is not None
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/setpriv").symlink_to(setpriv)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    looked = looked_and_asked(machine("10"), Configuration(), DeviceMemory())
    assert {one.reason for one in looked.roster.devices} == {"cannot be asked what it can do: arecord is not installed"}


@pytest.mark.skipif(shutil.which("arecord") is None, reason="arecord is not installed")
def test_the_real_arecord_prints_the_dump_and_ends_at_once() -> None:
    started = time.monotonic()
    finished = run(("arecord", "--dump-hw-params", "-D", "null", "-s", "1", "/dev/null"), timeout=3)
    assert time.monotonic() - started < 2
    assert parse_hw_params(finished.stderr + finished.stdout) is not None


@pytest.mark.skipif(shutil.which("arecord") is None, reason="arecord is not installed")
def test_the_real_arecord_says_why_a_card_that_is_gone_cannot_be_asked() -> None:
    device = look(machine("10"), Configuration(), DeviceMemory()).roster.devices[2]
    memory = asyncio.run(probe.probe([device], DeviceMemory()))
    assert not memory.capabilities
    assert memory.troubles[device.identity]
