"""Cards that are no USB microphones: the right stream, or the right refusal."""

from __future__ import annotations

from lab.machine.hardware import MINI_PC_WITH_CARDS
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, Box
from field.sabotage import DRIED_UP, FREEZE, MUTE_PLAYER, SPEECHLESS
from field.scenario import scenario
from field.stage import Stage

LOOPBACK = {"loopback": 0, "loopback-pcm1": 1}
"""Each stream's device; what is played into the other one comes out of it."""

TONE = "/var/tmp/tone.raw"
MAKE_TONE = f"ffmpeg -v error -f lavfi -i sine=700:duration=12 -af volume=4 -ar 48000 -ac 1 -f s16le {TONE}"


@scenario("other-cards", FREEZE, MUTE_PLAYER)
def other_cards(stage: Stage) -> None:
    """A loopback card is a stream for each of its devices, with what is played into it."""
    with stage.box(EXACT) as box:
        box.plug(0, Microphone(serial="G", strings=Strings(product="Good"), pattern=Sine(440)))
        box.until_state("good", "LIVE")
        box.guest.check(MAKE_TONE)
        box.settled()
        box.guest.check("modprobe snd-aloop pcm_substreams=1")
        box.until(lambda: set(box.states()) == {"good", *LOOPBACK}, 15, f"streams {[*LOOPBACK]}")
        listed = box.cli("device list").stdout
        assert all(name in listed for name in LOOPBACK), listed
        for name, device in LOOPBACK.items():
            _plays_through(box, name, 1 - device)
        box.hears(box.listen("good"), 440)
        stage.note(" ".join(f"{name}={state}" for name, state in box.states().items()))


@scenario("pci-cards", SPEECHLESS, DRIED_UP)
def pci_cards(stage: Stage) -> None:
    """AC97 and HDA are streams in real time, a card without an input is listed with the reason why not."""
    with stage.cold_box(MINI_PC_WITH_CARDS, EXACT) as box:
        captures = _capture_pcms(box)
        box.until(lambda: len(box.states()) == len(captures), 20, f"a stream for each of {captures}")
        box.until(lambda: set(box.states().values()) <= {"LIVE", "SILENT"}, 25, "all streams run")
        states = box.states()
        assert len(states) == len(captures), states
        stage.note(" ".join(f"{name}={state}" for name, state in states.items()))
        box.settled()
        for name in states:
            _runs_in_real_time(box, name)
        listed = box.cli("device list").stdout
        assert "it only plays" in listed, f"the card without an input is not listed with its reason: {listed}"


def _plays_through(box: Box, name: str, device: int) -> None:
    """Play a tone into *device* of the loopback card, and hear it at *name*."""
    player = box.guest.spawn(f"aplay -q -D plughw:CARD=Loopback,DEV={device} -f S16_LE -r 48000 -c 1 {TONE}")
    listener = box.listen(name)
    listener.until_sound(box.patience(10))
    box.hears(listener, 700)
    box.guest.check("pkill -x aplay")
    box.guest.wait(player, 5)


def _capture_pcms(box: Box) -> list[str]:
    """What the kernel has; three devices of two cards."""
    found = box.guest.check("ls -d /proc/asound/card*/pcm*c").split()
    assert len(found) >= 3, f"the premise is gone: {found}"
    return found


def _runs_in_real_time(box: Box, name: str) -> None:
    listener = box.listen(name)
    listener.until(lambda: listener.packets, box.patience(10), "heard")
    box.flows(listener, 3.0)
