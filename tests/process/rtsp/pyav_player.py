"""A reader made of PyAV: ``pyav_player.py URL tcp|udp`` writes 16-bit mono samples at 48 kHz to its stdout."""

from __future__ import annotations

import sys

import av
from av.audio.resampler import AudioResampler


def main(url: str, transport: str) -> None:
    resampler = AudioResampler(format="s16", layout="mono", rate=48_000)
    options = {"rtsp_transport": transport, "probesize": "5000", "fflags": "nobuffer"}
    with av.open(url, options=options) as source:
        for frame in source.decode(audio=0):
            for each in resampler.resample(frame):
                sys.stdout.buffer.write(bytes(each.planes[0])[: 2 * each.samples])
                sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
