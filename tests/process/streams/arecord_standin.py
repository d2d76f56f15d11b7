"""A stand-in for arecord: a real program with moods, and a sample counter in place of sound.

Its mood is the word in the file ``$STANDIN_MOODS/CARD`` (or ``$STANDIN_MOODS/default``), read at the start and twenty
times a second: ``count`` ``tone`` ``zero`` ``busy`` ``gone`` ``stall`` ``overrun`` ``half`` ``deaf`` ``exit``.
Stereo S16 counts: the left sample holds bits 15 to 29 of the frame's number on the monotonic clock, the right one
bits 0 to 14, so that every lost frame shows, also from one run to the next.
"""

import math
import os
import signal
import sys
import time
from array import array
from pathlib import Path

PERIOD = 0.02
BUFFER = 1.0


def option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


def mood(card: str) -> str:
    folder = Path(os.environ["STANDIN_MOODS"])
    for file in (folder / card, folder / "default"):
        if file.exists():
            return file.read_text().strip()
    return "count"


def complain(text: str) -> None:
    sys.stderr.write(f"arecord: {text}\n")
    sys.stderr.flush()


def refuse(word: str) -> None:
    if word == "busy":
        complain("main:831: audio open error: Device or resource busy")
        sys.exit(1)
    if word == "gone":
        sys.stderr.write("ALSA lib confmisc.c:165:(snd_config_get_card) Cannot get card index\n")
        complain("main:831: audio open error: No such device")
        sys.exit(1)


def frames(word: str, first: int, count: int, rate: int, channels: int, frequency: int) -> bytes:
    if word == "zero":
        return bytes(2 * channels * count)
    samples = array("h")
    for number in range(first, first + count):
        if word == "tone":
            samples.extend([round(8000 * math.sin(2 * math.pi * frequency * number / rate))] * channels)
        else:
            samples.extend(((number >> 15) & 0x7FFF, number & 0x7FFF)[:channels])
    return samples.tobytes()


def write(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


def main() -> None:
    card = option("-D").split("CARD=")[1].split(",")[0]
    rate, channels = int(option("-r")), int(option("-c"))
    frequency = int(os.environ.get(f"STANDIN_FREQUENCY_{card}", "440"))
    word = mood(card)
    refuse(word)
    if word == "deaf":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGINT, lambda *_: sys.exit(1))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sent, looked = int(time.monotonic() * rate), 0.0
    while True:
        time.sleep(PERIOD)
        now = time.monotonic()
        if now - looked > 0.05:
            word, looked = mood(card), now
        refuse("gone" if word == "gone" else "")
        if word == "exit":
            sys.exit(1)
        due = int(now * rate)
        if word == "stall":
            continue
        if word == "half":
            os.write(1, b"\0")
            sys.exit(1)
        if due - sent > BUFFER * rate or word == "overrun":
            complain(f"overrun!!! (at least {1000 * (due - sent) / rate:.3f} ms long)")
            sent = max(sent, due) if word != "overrun" else due
            if word == "overrun":
                time.sleep(0.5)
                sent = int(time.monotonic() * rate)
                (Path(os.environ["STANDIN_MOODS"]) / card).write_text("count")
                continue
        write(frames(word, sent, due - sent, rate, channels, frequency))
        sent = due


main()
