"""Cards that are no USB microphones: the right stream, or the right refusal."""

from __future__ import annotations

import time

from lab.machine.hardware import MINI_PC_WITH_CARDS
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, RATE, Box
from field.sabotage import FREEZE, SPEECHLESS
from field.scenario import scenario
from field.stage import Stage


@scenario("other-cards", FREEZE)
def other_cards(stage: Stage) -> None:
    """A loopback card is a stream too; a card that cannot capture is listed, not streamed."""
    with stage.box(EXACT) as box:
        box.plug(0, Microphone(serial="G", strings=Strings(product="Good"), pattern=Sine(440)))
        box.until_state("good", "LIVE")
        box.settled()
        box.guest.check("modprobe snd-aloop pcm_substreams=1")
        box.until(lambda: any("loopback" in name for name in box.states()), 15, "a stream of the loopback card")
        listed = box.cli("device list").stdout
        assert "oopback" in listed, listed
        box.hears(box.listen("good"), 440)
        stage.note(" ".join(f"{name}={state}" for name, state in box.states().items()))


@scenario("pci-cards", FREEZE, SPEECHLESS)
def pci_cards(stage: Stage) -> None:
    """AC97 and HDA are streams in real time, a card without an input is listed with the reason why not."""
    with stage.cold_box(MINI_PC_WITH_CARDS, EXACT) as box:
        captures = _capture_pcms(box)
        box.until(lambda: len(box.states()) == len(captures), 20, f"a stream for each of {captures}")
        box.until(lambda: set(box.states().values()) <= {"LIVE", "SILENT"}, 25, "all streams run")
        stage.note(" ".join(f"{name}={state}" for name, state in box.states().items()))
        box.settled()
        for name in box.states():
            _runs_in_real_time(box, name)
        listed = box.cli("device list").stdout
        assert "it only plays" in listed, f"the card without an input is not listed with its reason: {listed}"


def _capture_pcms(box: Box) -> list[str]:
    """What the kernel has; three devices of two cards."""
    found = box.guest.check("ls -d /proc/asound/card*/pcm*c").split()
    assert len(found) >= 3, f"the premise is gone: {found}"
    return found


def _runs_in_real_time(box: Box, name: str) -> None:
    listener = box.listen(name)
    listener.until(lambda: listener.packets, box.patience(10), "heard")
    begin = time.monotonic()
    time.sleep(3)
    seconds = len(listener.samples(begin)) / RATE
    assert 2.5 < seconds < 3.5, f"{name}: {seconds:.1f} s of sound in 3 s"
