"""Cards of every kind give the right stream, or the right refusal."""

from __future__ import annotations

from dataclasses import dataclass

from lab.microphone.microphone import AudioClass, Microphone, Mode, Strings
from lab.microphone.pattern import Sine

from field.box import EXACT, Box
from field.sabotage import DETUNED, FREEZE
from field.scenario import scenario
from field.stage import Stage

UAC2 = AudioClass.UAC2


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A device, and the tone that a listener to *name* must hear; channel 2 of a sine sounds an octave higher."""

    name: str
    microphone: Microphone


def _kind(product: str, **properties: object) -> Kind:
    built = Microphone(serial=product, strings=Strings(product=product), pattern=Sine(440), **properties)  # type: ignore[arg-type]
    return Kind(name=product.lower(), microphone=built)


KINDS = (
    _kind("Mono16", rates=(16000,)),
    _kind("Mono44", rates=(44100,)),
    _kind("Stereo48", channels=2),
    _kind("Deep24", uac=UAC2, bits=24, rates=(48000, 96000)),
    _kind("Wide96", uac=UAC2, channels=2, rates=(96000,)),
    _kind("Deep32", uac=UAC2, bits=32, mixer=False),
    _kind("Headset", playback=True, rates=(44100, 48000)),
    _kind("Fastclock", clock_ppm=300.0),
)


@scenario("formats", DETUNED)
def formats(stage: Stage) -> None:
    """Mono, stereo, 16, 24 and 32 bit, 16 to 96 kHz, a headset with playback: each is heard at its pitch."""
    with stage.box(f"{EXACT}AUDIO_CHANNEL_PICK=left\n") as box:
        for number, kind in enumerate(KINDS):
            _hear(box, number % 6, kind)


@scenario("two-captures", DETUNED)
def two_captures(stage: Stage) -> None:
    """A card with two capture PCMs is two streams."""
    with stage.box(EXACT) as box:
        box.plug(0, Microphone(serial="T", strings=Strings(product="Duo"), captures=2, pattern=Sine(440)))
        box.until(lambda: list(box.states().values()) == ["LIVE", "LIVE"], 25, "two streams LIVE")
        for name in box.states():
            box.hears(box.listen(name), 440)
        stage.note(" ".join(box.states()))


@scenario("deaf", FREEZE)
def deaf(stage: Stage) -> None:
    """A device that fails to enumerate disturbs nobody."""
    with stage.box(EXACT) as box:
        box.plug(1, Microphone(serial="G", strings=Strings(product="Good"), pattern=Sine(440)))
        box.until_state("good", "LIVE")
        box.settled()
        box.plug(0, Microphone(mode=Mode.DEAF))
        box.until(lambda: "error" in box.guest.check("dmesg | grep -i usb | tail -5"), 30, "the kernel gives up")
        assert box.states() == {"good": "LIVE"}, box.states()
        box.hears(box.listen("good"), 440)


def _hear(box: Box, port: int, kind: Kind) -> None:
    box.plug(port, kind.microphone)
    found = box.until_state(kind.name, "LIVE")
    listener = box.listen(kind.name)
    try:
        box.hears(listener, 440)
    except AssertionError as error:
        raise AssertionError(f"{kind}: {error}; {found}") from None
    box.unplug(port)
