"""Cards of every kind give the right stream, or the right refusal."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from lab.ear.listener import Listener
from lab.microphone.microphone import AudioClass, Microphone, Mode, Strings
from lab.microphone.pattern import Count, Sine
from lab.sound.tone import measure_tone

from field.box import EXACT, RATE, Box
from field.sabotage import DETUNED, DOWNMIXED, FREEZE, TORN
from field.scenario import scenario
from field.stage import Stage
from field.unit import CONFIG

UAC2 = AudioClass.UAC2
STREAM_SETTINGS = f"{CONFIG.rpartition('/')[0]}/devices"
GIVES_UP = "unable to enumerate USB device"
"""The kernel's last word, after four tries (drivers/usb/core/hub.c)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A device, and what a listener to *name* must hear, with the stream's own *settings*: a tone, an octave higher on
    channel 2, or every sample of a count.
    """

    name: str
    microphone: Microphone
    settings: str = ""
    channels: int = 1
    rate: int = RATE


def _microphone(product: str, **properties: object) -> Microphone:
    built = Microphone(serial=product, strings=Strings(product=product), pattern=Sine(440))
    return replace(built, **properties)  # type: ignore[arg-type]


KINDS = (
    Kind(name="mono16", microphone=_microphone("Mono16", rates=(16000,))),
    Kind(
        name="mono44",
        microphone=_microphone("Mono44", rates=(44100,)),
        settings="AUDIO_SAMPLE_RATE=44100\n",
        rate=44100,
    ),
    Kind(
        name="stereo48",
        microphone=_microphone("Stereo48", channels=2),
        settings="AUDIO_CHANNELS=2\n",
        channels=2,
    ),
    Kind(name="deep24", microphone=_microphone("Deep24", uac=UAC2, bits=24, rates=(48000, 96000))),
    Kind(
        name="wide96",
        microphone=_microphone("Wide96", uac=UAC2, channels=2, rates=(96000,)),
        settings="AUDIO_CHANNELS=2\nAUDIO_SAMPLE_RATE=96000\n",
        channels=2,
        rate=96000,
    ),
    Kind(name="deep32", microphone=_microphone("Deep32", uac=UAC2, bits=32, mixer=False)),
    Kind(name="headset", microphone=_microphone("Headset", playback=True, rates=(44100, 48000))),
    Kind(name="fastclock", microphone=_microphone("Fastclock", pattern=Count(), clock_ppm=300.0)),
)


@scenario("formats", DETUNED, DOWNMIXED, TORN)
def formats(stage: Stage) -> None:
    """Mono, stereo, 16, 24 and 32 bit, 16 to 96 kHz, a headset: each is heard at its pitch, a fast clock exactly."""
    with stage.box(config=None) as box:
        box.guest.check(f"mkdir -p {STREAM_SETTINGS}")
        for kind in KINDS:
            box.guest.put(kind.settings.encode(), f"{STREAM_SETTINGS}/{kind.name}.conf")
        box.start(EXACT)
        for number, kind in enumerate(KINDS):
            _hear(box, number % 6, kind)


@scenario("two-captures", DETUNED)
def two_captures(stage: Stage) -> None:
    """A card with two capture PCMs is two streams."""
    with stage.box(EXACT) as box:
        box.plug(0, Microphone(serial="T", strings=Strings(product="Duo"), captures=2, pattern=Sine(440)))
        names = ("duo", "duo-pcm1")
        box.until(lambda: box.states() == dict.fromkeys(names, "LIVE"), 25, f"{names} are LIVE")
        for name in names:
            box.hears(box.listen(name), 440)
        stage.note(" ".join(names))


@scenario("deaf", FREEZE, TORN)
def deaf(stage: Stage) -> None:
    """A device that fails to enumerate disturbs nobody until the kernel has given it up."""
    with stage.box(EXACT) as box:
        box.plug(2, Microphone(serial="G", strings=Strings(product="Good"), pattern=Count()))
        box.until_state("good", "LIVE")
        good = _heard(box, "good")
        box.settled()
        with box.hearing():
            begin = time.monotonic()
            box.plug(0, Microphone(mode=Mode.DEAF))
            seconds = box.until(lambda: GIVES_UP in box.guest.check("dmesg"), 40, "the kernel gives up")
            time.sleep(1)
            box.exact(good, begin)
        assert box.states() == {"good": "LIVE"}, box.states()
        stage.note(f"the kernel gave it up after {seconds:.0f} s")


def _hear(box: Box, port: int, kind: Kind) -> None:
    box.plug(port, kind.microphone)
    found = box.until_state(kind.name, "LIVE")
    listener = _heard(box, kind.name)
    try:
        _judge(box, listener, kind)
    except AssertionError as error:
        raise AssertionError(f"{kind}: {error}; {found}") from None
    box.unplug(port)


def _judge(box: Box, listener: Listener, kind: Kind) -> None:
    assert listener.clock == kind.rate, f"{listener.clock} Hz"
    begin = time.monotonic()
    if isinstance(kind.microphone.pattern, Count):
        with box.hearing():
            time.sleep(6)
            box.exact(listener, begin)
        return
    box.hears(listener, 440)
    if kind.channels == 2:
        right = measure_tone(listener.samples(begin, channel=1), kind.rate)
        assert abs(right.hertz - 880) < 10, f"the right channel: {right} in place of 880 Hz"


def _heard(box: Box, name: str) -> Listener:
    listener = box.listen(name)
    listener.until(lambda: listener.packets, box.patience(10), "heard")
    time.sleep(1)
    return listener
