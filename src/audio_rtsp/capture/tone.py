"""A test tone where no microphone is: a sine at the pace of real time on standard output.

A program of its own (``python -I -S tone.py FREQUENCY FORMAT RATE CHANNELS``), like the arecord it stands in for.
"""

import math
import os
import sys
import time
from array import array

PERIOD = 0.02
NAME = b"audio-rtsp-tone"
LEVEL = 0.25
TYPES = {"S16_LE": ("h", 32767), "S32_LE": ("i", 2147483647)}


def one_second(frequency: int, sample_format: str, rate: int, channels: int) -> bytes:
    """One second of the sine; whole cycles fit, so that seconds join without a click."""
    code, full_scale = TYPES[sample_format]
    samples = array(code)
    cycle = rate // math.gcd(rate, frequency)
    for index in range(cycle):
        value = round(LEVEL * full_scale * math.sin(2 * math.pi * frequency * index / rate))
        samples.extend([value] * channels)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes() * (rate // cycle)


def play(second: bytes, rate: int, output: int) -> None:
    """Write period by period, each when its time has come, for ever; late ones follow at once."""
    frame_bytes = len(second) // rate
    begin, frames = time.monotonic(), 0
    while True:
        start, frames = frames, frames + round(rate * PERIOD)
        time.sleep(max(0.0, begin + frames / rate - time.monotonic()))
        here = start % rate * frame_bytes
        size = (frames - start) * frame_bytes
        _write(
            output, (second + second)[here : here + size] if here + size > len(second) else second[here : here + size]
        )


def _write(output: int, data: bytes) -> None:
    while data:
        data = data[os.write(output, data) :]


def _name_this_process(frame_bytes: int) -> None:
    """Its name in top. The kernel counts these bytes too, so they are whole frames: a count that is off by one byte
    makes noise of all that follows.
    """
    whole_frames = -(-len(NAME) // frame_bytes) * frame_bytes
    os.write(os.open("/proc/self/comm", os.O_WRONLY), NAME.ljust(whole_frames, b"\0"))


def main() -> None:
    """Play until the reader goes or a signal comes."""
    frequency, sample_format, rate, channels = sys.argv[1:]
    second = one_second(int(frequency), sample_format, int(rate), int(channels))
    _name_this_process(len(second) // int(rate))
    try:
        play(second, int(rate), sys.stdout.fileno())
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)


if __name__ == "__main__":
    main()
